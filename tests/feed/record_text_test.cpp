#include "offprint/feed/record_text.h"

#include <doctest/doctest.h>

using namespace offprint::feed;

TEST_CASE("record text: one line of UTF-8, whatever comes") {
  CHECK(one_line("  A\n  title\t\r\n of two ") == "A title of two");
  CHECK(one_line("caf\xe9 na\xc3\xafve\xc3") == "caf\xef\xbf\xbd na\xc3\xafve\xef\xbf\xbd");
  CHECK(one_line(std::string_view("a\0b", 3)) == "a b");
  CHECK(one_line(" \n ") == "");
}

TEST_CASE("record text: names turn round and back") {
  CHECK(natural_name("Gu, Albert") == "Albert Gu");
  CHECK(natural_name("Gu, Jr., Albert") == "Albert Gu, Jr.");
  CHECK(natural_name("OpenAI") == "OpenAI");
  CHECK(family_first("Aad van der Vaart") == "van der Vaart, Aad");
  for (const char* name : {"Albert Gu", "Madonna", "Aad van der Vaart", "Jürgen K. Müller"})
    CHECK(natural_name(family_first(name)) == name);
}

TEST_CASE("record text: TeX's accents and letters become Unicode, mathematics stays") {
  CHECK(from_tex("Schr{\\\"o}dinger and \\'Elie") == "Schrödinger and Élie");
  CHECK(from_tex("\\v{C}ech, Erd\\H{o}s, {\\O}rsted, Stra{\\ss}e, na\\\"{\\i}ve, \\c{c}a") ==
        "Čech, Erdős, Ørsted, Straße, naïve, ça");
  CHECK(from_tex("{GPT} at $O(n^{2})$ is 5\\% of A\\&B~C") == "GPT at $O(n^{2})$ is 5% of A&B C");
  CHECK(from_tex("\\unknown{x} \\") == "unknownx \\");
  CHECK(from_tex("\\'") == "");
  CHECK(from_tex("\\d{x}") == "x\xcc\xa3");
}

TEST_CASE("record text: what is written as TeX reads back") {
  for (const char* text : {"A & B: 100% of C_1 #2", "ü $x_{1} & y$ ~ z", "one $ alone"})
    CHECK(from_tex(to_tex(text)) == text);
}

TEST_CASE("record text: dates of mail headers, with zones, and back") {
  CHECK(parse_mail_date("Mon, 2 Apr 2007 19:18:42 GMT") == 1175541522);
  CHECK(parse_mail_date("2 Apr 2007 21:18:42 +0200") == 1175541522);
  CHECK(parse_mail_date("2 Apr 2007 15:48 -0330") == 1175541480);
  CHECK(mail_date(1175541522) == "Mon, 02 Apr 2007 19:18:42 +0000");
  for (int64_t t = -3000000000; t < 9000000000; t += 123456789)
    REQUIRE(parse_mail_date(mail_date(t)) == t);
  for (const char* text : {"", "Mon", "2 Apr", "31 Apr 2007 1:1", "2 Foo 2007 1:1", "x y z w v",
                           "2 Apr 2007 99:00", "2 Apr 2007 noon", "-2 Apr 2007 1:1"})
    CHECK_MESSAGE(!parse_mail_date(text), text);
  CHECK(parse_iso_date(" 2007-04-02T19:18:42Z\n") == 1175541522);
  CHECK(!parse_iso_date("yesterday"));
}

TEST_CASE("record text: withdrawn is what authors say of the paper, not of other things") {
  CHECK(says_withdrawn("This paper has been Withdrawn by the author", ""));
  CHECK(says_withdrawn("", "This submission has been withdrawn due to an error."));
  CHECK(!says_withdrawn("12 pages", "Cash withdrawn from banks, a study."));
}
