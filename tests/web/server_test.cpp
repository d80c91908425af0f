// The site through a real server on a port of its own.
#include "offprint/web/server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/rng.h"
#include "offprint/data/sha256.h"
#include "offprint/web/page.h"
#include "tests/web/running_server.h"

using namespace offprint;
namespace fs = std::filesystem;

namespace {

const RunningServer& running() {
  static const RunningServer one("server");
  return one;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// Bytes that are no database, in place.
void write_over(const std::string& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const std::string noise(1 << 20, '\x5a');
  stream.write(noise.data(), static_cast<std::streamsize>(noise.size()));
}

// What the server sends back to these bytes; "" if it just hangs up. Who says at once that nothing
// more will come (`done`) may get no answer: the library takes them for gone. Others get the first
// piece of it.
std::string raw(const std::string& bytes, bool done = true) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET, to.sin_port = htons(static_cast<uint16_t>(running().server->port()));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  timeval patience{8, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  (void)!write(fd, bytes.data(), bytes.size());
  if (done) shutdown(fd, SHUT_WR);
  std::string reply;
  char buffer[4096];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;)
    if (reply.append(buffer, static_cast<size_t>(got)); !done) break;
  close(fd);
  return reply;
}

}  // namespace

TEST_CASE("pages: the day with its 41 papers, a paper with its card, search, report") {
  const std::string front = running().body("/");
  CHECK(holds(front, "Thursday, 30 October 2025"));
  CHECK(holds(front, "href=\"/papers/s4d\""));
  CHECK(holds(front, "1 hold"));
  size_t cards = 0;
  for (size_t at = 0; (at = front.find("<article>", at)) != front.npos; ++at) ++cards;
  CHECK(cards == 41);
  const std::string paper = running().body("/papers/2206.11893");
  CHECK(holds(paper, "Diagonal State Space Models"));
  CHECK(holds(paper, "measured &lt;here&gt;"));
  CHECK(holds(paper, "offprint run s4d"));
  CHECK(holds(running().body("/papers/haf"), "does not run here yet"));
  const std::string found = running().body("/papers?q=monarch");
  CHECK(holds(found, "<mark>Monarch</mark>"));
  CHECK(holds(found, "Words alone are compared"));
  CHECK(holds(running().body("/report"), "1 of 41 papers measured"));
  CHECK(holds(running().body("/week/2025-W44"), "Week 2025-W44"));
  CHECK(holds(running().body("/month/2025-10"), "October 2025"));
  CHECK(holds(running().body("/date/2025-10-29"), "No papers were listed then"));
  CHECK(holds(running().body("/trending"), "How this is ranked"));
}

TEST_CASE("pages: read by machines: Markdown, BibTeX, Atom, sitemap, health, metrics") {
  CHECK(holds(running().body("/papers/s4d.md"), "# On the Parameterization"));
  CHECK(holds(running().body("/papers/s4d.bib"), "@"));
  CHECK(holds(running().body("/atom.xml"), "<feed"));
  CHECK(holds(running().body("/sitemap.xml"), running().server->address() + "/papers/s4d"));
  CHECK(parse_json(running().body("/healthz"), "healthz")["papers"] == 41);
  CHECK(holds(running().body("/metrics"), "offprint_papers 41"));
}

TEST_CASE("hub API: lists by day, search, one paper, 404 as JSON, bad parameters as a sentence") {
  const auto json = [](const std::string& path, int status = 200) {
    return parse_json(running().body(path, status), path);
  };
  CHECK(json("/api/daily_papers?date=2025-10-30&limit=100").size() == 41);
  CHECK(json("/api/daily_papers").size() == 41);
  CHECK(json("/api/daily_papers?limit=10&p=4").size() == 1);
  CHECK(json("/api/daily_papers?date=2025-10-31").empty());
  const Json entry = json("/api/daily_papers?limit=1")[0];
  for (const char* key : {"paper", "title", "summary", "publishedAt", "numComments", "submittedBy",
                          "thumbnail", "offprint"})
    CHECK_MESSAGE(entry.contains(key), key);
  CHECK(entry["publishedAt"] == "2025-10-30T00:00:00.000Z");
  CHECK(json("/api/papers/search?q=monarch")[0]["paper"]["id"] == "2310.12109");
  const Json s4d = json("/api/papers/2206.11893");
  CHECK(s4d["title"] ==
        "On the Parameterization and Initialization of Diagonal State Space Models");
  CHECK(s4d["offprint"]["verdicts"]["holds"] == 1);
  CHECK(s4d["offprint"]["claims"].size() > 5);
  CHECK(json("/api/cards/s4d")["slug"] == "s4d");
  CHECK(json("/api/papers/0000.00000", 404)["error"] == "no paper 0000.00000");
  CHECK(json("/api/daily_papers?date=2025-02-30", 400)["error"] ==
        "date '2025-02-30', expected YYYY-MM-DD");
  CHECK(json("/api/daily_papers?limit=many", 400)["error"] ==
        "limit: 'many', expected a whole number");
  CHECK(json("/api/daily_papers?week=", 400)["error"] == "week: it is empty");
  CHECK(json("/api/daily_papers?date=2025-10-30&week=2025-W44", 400)["error"] ==
        "give one of date, week and month, not 2");
  CHECK(json("/api/nowhere", 404).contains("error"));
}

TEST_CASE("headers: scripts only from our files, no sniffing, styles cached under their digest") {
  const auto page = running().ask("/");
  CHECK(holds(page->get_header_value("Content-Security-Policy"), "default-src 'none'"));
  const std::string policy = page->get_header_value("Content-Security-Policy");
  CHECK(holds(policy, "script-src 'self';"));
  CHECK(!holds(policy, "unsafe"));
  // The one style sheet inside pages is that of figures.
  const std::string figure = to_svg({.title = "x"});
  const size_t begin = figure.find("<style>") + 7;
  CHECK(
      holds(policy, "'sha256-" +
                        data::sha256_base64(figure.substr(begin, figure.find("</style>") - begin)) +
                        "'"));
  CHECK(!holds(figure, "style=\""));
  CHECK(page->get_header_value("X-Content-Type-Options") == "nosniff");
  CHECK(page->get_header_value("Referrer-Policy") ==
        "same-origin");  // else forms lose their origin
  CHECK(holds(page->body, web::style_path()));
  const auto style = running().ask(web::style_path());
  CHECK(style->status == 200);
  CHECK(holds(style->get_header_value("Cache-Control"), "immutable"));
  CHECK(page->body.size() + style->body.size() < 100'000);
}

TEST_CASE("strangers: what they write stays text, other methods and long bodies are refused") {
  for (const char* path :
       {"/papers?q=%3Cscript%3Ealert(1)%3C/script%3E", "/%3Cscript%3Ex",
        "/papers/%3Cimg%20src=x%3E", "/date/%3Cb%3E", "/papers?q=%22%3E%3Cb%3E"}) {
    const auto reply = running().ask(path);
    REQUIRE(reply);
    CHECK_MESSAGE(reply->status < 500, path);
    for (const char* bad : {"<script", "<img src=x", "<b>"})
      CHECK_MESSAGE(!holds(reply->body, bad), path, " ", bad);
  }
  for (const char* path : {"/../../etc/passwd", "/papers/..%2f..%2fetc%2fpasswd", "/assets/../x"})
    CHECK(running().ask(path)->status == 404);
  CHECK(running().ask("/papers?q=" + std::string(5000, 'a'))->status < 500);
  httplib::Client client("127.0.0.1", running().server->port());
  CHECK(client.Post("/", "x", "text/plain")->status == 405);
  CHECK(client.Delete("/papers/s4d")->status == 405);
  CHECK(client.Delete("/api/runs")->get_header_value("Allow") == "GET, HEAD, POST");
  CHECK(client.Get("/api/runs/1/stop")->get_header_value("Allow") == "POST");
  CHECK(client.Post("/nowhere", "x", "text/plain")->status == 404);
  const std::string unknown = raw("QUERY /api/runs?p=1 HTTP/1.1\r\nHost: x\r\n\r\n", false);
  CHECK(unknown.starts_with("HTTP/1.1 405"));
  CHECK(holds(unknown, "Allow: GET, HEAD, POST"));
  CHECK(holds(unknown, "Connection: close"));
  // A refused post's body is not read: the connection ends with the answer.
  CHECK(holds(raw("POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", false),
              "Connection: close"));
  const auto large = client.Post("/", std::string(3 << 20, 'x'), "text/plain");
  CHECK((!large || large->status == 413 || large->status == 405));
  CHECK(running().ask("/papers/" + std::string(3000, 'a'))->status == 414);
}

TEST_CASE("strangers: 300 malformed requests get an answer or a hang-up, never a 5xx") {
  Rng rng(1);
  const std::string whole = "GET /papers?q=state+space HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
  for (int i = 0; i < 300; ++i) {
    std::string bytes = whole;
    for (int64_t flips = 1 + rng.integer(6); flips > 0; --flips)
      bytes[static_cast<size_t>(rng.integer(static_cast<int64_t>(bytes.size())))] =
          static_cast<char>(rng.integer(256));
    if (rng.integer(4) == 0) bytes.resize(static_cast<size_t>(rng.integer(60)));
    const std::string reply = raw(bytes);
    CHECK_MESSAGE(!reply.starts_with("HTTP/1.1 5"), reply.substr(0, 40));
  }
  CHECK(running().ask("/healthz")->status == 200);
}

TEST_CASE("runs: asked for through the form and the API, followed by events, stopped, refused") {
  httplib::Client client("127.0.0.1", running().server->port());
  const std::string paper = running().body("/papers/s4d");
  CHECK(holds(paper, "action=\"/runs\""));
  CHECK(holds(paper, "name=\"option-delay-lag\""));
  const auto form =
      client.Post("/runs", "slug=s4d&scale=quick&seed=5&form_token=" + form_token(paper),
                  "application/x-www-form-urlencoded");
  REQUIRE(form);
  CHECK(form->status == 303);
  const std::string page = form->get_header_value("Location");
  CHECK(holds(running().body(page), "Waiting for its turn"));
  CHECK(holds(running().body("/runs"), "seed 5"));

  const auto again = client.Post("/api/runs", R"({"slug": "s4d", "seed": 5})", "application/json");
  CHECK(again->status == 200);  // the same run
  const Json job = parse_json(again->body, "job");
  CHECK(page == fmt::format("/runs/{}", job["id"].get<int64_t>()));
  CHECK(job["state"] == "queued");
  // As curl sends it without a word about the type.
  const auto fresh = client.Post("/api/runs", R"({"slug": "s4d", "seed": 6})",
                                 "application/x-www-form-urlencoded");
  CHECK(fresh->status == 201);

  const std::string api = "/api" + page;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    httplib::Client other("127.0.0.1", running().server->port());
    CHECK(other.Post((api + "/stop").c_str(), "", "text/plain")->status == 200);
  });
  const std::string events = running().body(api + "/events");  // ends when the run does
  stopper.join();
  CHECK(holds(events, "event: progress\ndata: {"));
  CHECK(holds(events, "event: end\ndata: {\"state\":\"stopped\"}"));
  CHECK(parse_json(running().body(api), "job")["state"] == "stopped");
  CHECK(holds(running().body(page), "stopped before anything was measured"));

  CHECK(client.Post("/api/runs", R"({"slug": "haf"})", "application/json")->status == 400);
  CHECK(client.Post("/api/runs", "{", "application/json")->status == 400);
  CHECK(running().ask("/runs/99999999999999999999")->status == 404);
  CHECK(running().ask("/api/runs/77777/events")->status == 404);
  const httplib::Headers foreign = {{"Origin", "http://evil.example"}};
  CHECK(client.Post("/runs", foreign, "slug=s4d", "application/x-www-form-urlencoded")->status ==
        403);
  // A stranger's name for this machine (DNS rebinding) makes nobody its owner.
  const httplib::Headers rebound = {{"Host", "rebound.example"}};
  const auto stranger =
      client.Post("/runs", rebound, "slug=s4d", "application/x-www-form-urlencoded");
  CHECK(stranger->get_header_value("Location") == "/login");
  CHECK(client.Post("/api/runs", rebound, R"({"slug": "s4d"})", "application/json")->status == 401);
}

TEST_CASE("server: a port that is taken, and a folder that cannot be, are one line") {
  CHECK_THROWS_WITH(
      web::Server(*running().site, "127.0.0.1", running().server->port()),
      fmt::format("serve: cannot listen on 127.0.0.1:{}; is another program there? --port takes "
                  "another",
                  running().server->port())
          .c_str());
  CHECK_THROWS_AS(web::Server(*running().site, "127.0.0.1", 70000), Error);
  CHECK_THROWS_AS(web::Site("/proc/nowhere"), Error);
}

TEST_CASE("server: a stop request ends it, however early it comes") {
  for (int milliseconds : {0, 0, 1, 5, 30}) {
    std::atomic<bool> stop = false;
    web::Server server(*running().site, "127.0.0.1", 0);
    std::thread thread([&] { server.run(&stop); });
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    stop = true;
    thread.join();
  }
  web::Server server(*running().site, "127.0.0.1", 0);
  server.stop();
  server.run();
}

TEST_CASE("server: a card made while it runs shows in the lists") {
  papers::RunCard card;
  card.slug = "hippo", card.scale = "quick", card.started = "2025-11-02T00:00:00Z";
  papers::Measured claim;
  claim.verdict = papers::Verdict::fails, claim.direction = "at most", claim.kind = "trend";
  card.claims = {claim};
  running().site->shelf().put(card);
  running().site->take_verdicts();
  CHECK(holds(running().body("/"), "1 fails<"));
}

TEST_CASE("server: a database that breaks under it is no fault of the visitor's") {
  const fs::path folder = running().folder.string() + "_broken";
  fs::remove_all(folder);
  {
    web::Site site(folder, {.with_meaning = false});
    web::Server server(site, "127.0.0.1", 0);
    std::thread thread([&] { server.run(); });
    httplib::Client client("127.0.0.1", server.port());
    while (!client.Get("/healthz")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (const char* end : {"", "-wal"}) {
      const std::string file = (folder / "offprint.sqlite").string() + end;
      if (fs::exists(file)) write_over(file);
    }
    const auto page = client.Get("/papers?q=state");
    REQUIRE(page);
    CHECK(page->status == 503);
    CHECK(holds(page->body, "damaged"));
    CHECK(holds(page->body, "still at /report"));
    CHECK(client.Get("/report")->status == 200);
    CHECK(parse_json(client.Get("/api/daily_papers")->body, "api").contains("error"));
    server.stop();
    thread.join();
  }
  fs::remove_all(folder);
}

TEST_CASE("filters: a form's fields join the query; a topic has a feed of its own") {
  const std::string some =
      running().body("/papers?q=state&runs=yes&topic=Sequence%20models&year=2022");
  CHECK(holds(some, "On the Parameterization"));
  CHECK(holds(
      some, "state topic:&quot;Sequence models&quot; runs:&quot;yes&quot; year:&quot;2022&quot;"));
  CHECK(!holds(running().body("/papers?q=&runs=no"), "On the Parameterization"));
  CHECK(holds(running().body("/papers?year=x", 400), "expected year:2023"));
  CHECK(holds(running().body("/atom/sequence-models.xml"), "On the Parameterization"));
  CHECK(!holds(running().body("/atom/sequence-models.xml"), "Orca"));
  running().body("/atom/no-such-topic.xml", 404);
}
