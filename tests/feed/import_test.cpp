#include "offprint/feed/import.h"

#include <atomic>

#include "offprint/data/jsonl.h"
#include "tests/feed/record_files.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::feed;
using store::ScratchDatabase;

namespace {

ImportCount import_one(ScratchDatabase& db, std::string_view text,
                       const ImportOptions& options = {}) {
  Progress silent;
  return import_text(db, text, "x", options, silent);
}

std::string snapshot_of(int count, int version, int bad_every) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (bad_every > 0 && i % bad_every == 0) {
      text += "{\"id\": \"0704.\n";
      continue;
    }
    std::string versions;
    for (int v = 1; v <= version; ++v)
      versions += fmt::format("{}{{\"version\":\"v{}\",\"created\":\"{} Apr 2007 19:18:42 GMT\"}}",
                              v > 1 ? "," : "", v, v);
    text += fmt::format(
        "{{\"id\":\"0704.{:05}\",\"title\":\"Title {} of version {}\",\"abstract\":\"A\","
        "\"versions\":[{}]}}\n",
        i, i, version, versions);
  }
  return text;
}

}  // namespace

TEST_CASE("import: formats are told by how they begin, and named") {
  CHECK(detect_format(kAtom) == ImportFormat::arxiv_atom);
  CHECK(detect_format(kOai) == ImportFormat::oai_pmh);
  CHECK(detect_format(kSnapshot) == ImportFormat::arxiv_snapshot);
  CHECK(detect_format(kHub) == ImportFormat::hub_papers);
  CHECK(detect_format(kBibtex) == ImportFormat::bibtex);
  CHECK(detect_format("\n" + kRis) == ImportFormat::ris);
  for (const char* text : {"", "  ", "hello", "<html></html>", "<broken", "1,2"})
    CHECK(!detect_format(text));
  CHECK(parse_format(format_name(ImportFormat::oai_pmh)) == ImportFormat::oai_pmh);
  CHECK_THROWS_AS(parse_format("docx"), Error);
}

TEST_CASE("import: the second time changes nothing, a new version replaces, an old one does not") {
  ScratchDatabase db;
  const std::string first = snapshot_of(300, 1, 100), second = snapshot_of(300, 2, 0);
  ImportCount count = import_one(db, first);
  CHECK(count.put.added == 297);
  CHECK(count.rejected == 3);
  CHECK(count.first_reason.starts_with("line 1: column"));
  count = import_one(db, first);
  CHECK(count.put.unchanged == 297);
  CHECK(count.put.added + count.put.changed == 0);
  count = import_one(db, second);
  CHECK(count.put.added == 3);
  CHECK(count.put.changed == 297);
  CHECK(store::find_paper(db, "0704.00007")->title == "Title 7 of version 2");
  CHECK(import_one(db, first).put.unchanged == 297);
  CHECK(store::find_paper(db, "0704.00007")->title == "Title 7 of version 2");
  // One source after the other: the same paper is one paper.
  CHECK(import_one(db, kAtom).put.added == 1);
  CHECK(import_one(db, kHub).put.added == 1);
  CHECK(store::find_paper(db, "2312.00752")->version == 2);
}

TEST_CASE("import: a deleted record marks the paper that is there and makes none") {
  ScratchDatabase db;
  CHECK(import_one(db, kOai).put.added == 2);
  CHECK(!store::find_paper(db, "2401.00001"));
  import_one(db, kHub);
  CHECK(!store::find_paper(db, "2401.00001")->withdrawn);
  CHECK(import_one(db, kOai).put.changed == 1);
  const auto marked = store::find_paper(db, "2401.00001");
  CHECK(marked->withdrawn);
  CHECK(marked->title == "Flat");
}

TEST_CASE("import: rejects are kept as lines with number and reason") {
  ScratchDatabase db;
  const auto rejects = db.scratch / "rejects.jsonl";
  import_one(db, kAtom.substr(0, kAtom.find("<entry>")) + "</feed>", {.rejects = rejects});
  CHECK(!std::filesystem::exists(rejects));
  const ImportCount count = import_one(db, kSnapshot, {.rejects = rejects, .submitter = "ada"});
  CHECK(count.rejected == 3);
  std::vector<int64_t> lines;
  data::read_jsonl(rejects, [&](const data::JsonLine& line) {
    lines.push_back(json_get<int64_t>(line.value, "line", line.where));
    CHECK(!json_get<std::string>(line.value, "reason", line.where).empty());
    return true;
  });
  CHECK(lines == std::vector<int64_t>{2, 3, 5});
  CHECK(store::find_paper(db, "0704.0001")->submitter == "ada");
}

TEST_CASE("import: of XML that breaks off, what came before is kept and the break is a reject") {
  ScratchDatabase db;
  const ImportCount count = import_one(db, kAtom.substr(0, kAtom.size() - 5));
  CHECK(count.put.added == 1);
  CHECK(count.rejected == 2);
}

TEST_CASE("import: files plain and packed, progress to the end, a stop keeps what was read") {
  ScratchDatabase db;
  std::atomic<bool> stop = false;
  int64_t last = 0, total = 0;
  Progress progress(
      [&](const ProgressUpdate& update) {
        last = update.step, total = update.total;
        stop = stop || update.step > 1000000;
      },
      &stop);
  const auto path = db.scratch.write("x.jsonl", snapshot_of(30000, 2, 0));
  const ImportCount count = import_file(db, path, {.listed_at = 77}, progress);
  CHECK(count.stopped);
  CHECK(count.put.added > 3000);
  CHECK(count.put.added < 30000);
  CHECK(store::count_papers(db) == count.put.added);
  CHECK(store::find_paper(db, "0704.00001")->listed_at == 77);
  stop = false;
  Progress whole([&](const ProgressUpdate& update) { last = update.step, total = update.total; });
  CHECK(import_file(db, path, {}, whole).put.added == 30000 - count.put.added);
  CHECK(last == total);
  CHECK(data::message_of(db.scratch, [&] { import_file(db, db.scratch / "no", {}, whole); }) ==
        "cannot read no: No such file or directory");
  const auto odd = db.scratch.write("odd.txt", "hello");
  CHECK(data::message_of(db.scratch, [&] {
          import_file(db, odd, {}, whole);
        }).starts_with("odd.txt: no known format"));
}
