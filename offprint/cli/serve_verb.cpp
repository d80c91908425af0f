#include "offprint/cli/serve_verb.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

#include "offprint/cli/feed_folder.h"
#include "offprint/cli/generate_verb.h"
#include "offprint/core/error.h"
#include "offprint/web/run_workers.h"
#include "offprint/web/served_model.h"
#include "offprint/web/server.h"

namespace offprint::cli {
namespace {

struct Given {
  FeedPlace place;
  std::string host = "localhost", address, smtp, mail_from, model, api_key;
  int port = 8400;
  int64_t runs = 1;
  bool open = false, no_owner = false;
};

// A file, or the name of a model that is installed.
std::shared_ptr<web::ServedModel> load_model(const std::string& given) {
  const bool installed = given == "smollm2";
  const std::filesystem::path file = model_file(installed ? "" : given);
  std::cerr << "offprint: loading " << file.filename().string() << std::endl;
  return std::make_shared<web::ServedModel>(file, installed ? given : file.stem().string());
}

void serve(Context& context, const Given& given) {
  const std::filesystem::path folder = feed_folder(given.place);
  require(given.smtp.empty() || !given.mail_from.empty(), "serve: --smtp needs --mail-from");
  web::SiteOptions options;
  options.database = given.place.database, options.owner = !given.no_owner;
  options.mail_server = given.smtp, options.mail_from = given.mail_from;
  options.api_key = given.api_key;
  // First, so that a mistake leaves no folder behind.
  const auto model = given.model.empty() ? nullptr : load_model(given.model);
  web::Site site(folder, options);
  site.serve(model);
  web::Server server(site, given.host, given.port, given.address);
  const web::RunWorkers workers(site.database(), {.folder = folder, .count = given.runs});
  std::cerr << "offprint: serving on " << server.address() << " (Ctrl-C ends it)" << std::endl;
  if (site.model())
    std::cerr << "offprint: OpenAI clients: " << server.address() << "/v1, model "
              << site.model()->name << "; people: " << server.address() << "/chat" << std::endl;
  if (given.open) {
    const std::string command = "xdg-open " + server.address() + " >/dev/null 2>&1 &";
    if (std::system(command.c_str()) != 0) std::cerr << "offprint: no browser to open\n";
  }
  // Vectors of new papers are made beside the answering; search by words works at once.
  std::atomic<bool> ended = false;
  std::thread embedding([&] {
    Progress progress([](const ProgressUpdate&) {}, &ended);
    try {
      site.embed_new(progress);
    } catch (const std::exception& error) {
      std::cerr << "offprint: " << error.what() << '\n';
    }
  });
  server.run(context.stop);
  ended = true;
  embedding.join();
}

}  // namespace

void add_serve_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("serve", "the papers as a site on this machine");
  verb->add_option("--port", given->port, "port; 0: any that is free")->capture_default_str();
  verb->add_option("--host", given->host,
                   "address to listen on; others than localhost let others in")
      ->capture_default_str();
  add_feed_flags(*verb, given->place);
  verb->add_option("--runs", given->runs, "runs started from its pages that go on at once")
      ->check(CLI::Range(0, 64))
      ->capture_default_str();
  verb->add_option("--address", given->address,
                   "how others reach it, for links in feeds and mails: https://papers.example.org");
  verb->add_flag("--no-owner", given->no_owner,
                 "the person at this machine logs in like everybody; needed behind a proxy");
  verb->add_option("--smtp", given->smtp, "server that sends mails, smtp://host:25");
  verb->add_option("--mail-from", given->mail_from, "sender of mails, papers@example.org");
  verb->add_option("--model", given->model,
                   "GGUF file or smollm2: answers OpenAI clients at /v1 and people at /chat");
  verb->add_option("--api-key", given->api_key,
                   "key that OpenAI clients must send; without it, any from this machine")
      ->envname("OFFPRINT_API_KEY");
  verb->add_flag("--open", given->open, "open it in the browser");
  verb->footer(
      "Example: offprint serve --port 8080\n"
      "A model for OpenAI clients: offprint serve --model smollm2");
  verb->callback([&context, given] { serve(context, *given); });
}

}  // namespace offprint::cli
