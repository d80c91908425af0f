#include "offprint/cli/user_verb.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "offprint/cli/feed_folder.h"
#include "offprint/core/error.h"
#include "offprint/core/table.h"
#include "offprint/feed/accounts.h"
#include "offprint/feed/calendar.h"
#include "offprint/store/people.h"
#include "offprint/web/site.h"

namespace offprint::cli {
namespace {

constexpr int64_t kTokenSeconds = 365 * 86400;

struct Given {
  FeedPlace place;
  std::string name, role = "reader", label = "command line";
};

store::User known(const store::Database& database, const std::string& name) {
  const auto user = store::find_user(database, name);
  require(user.has_value(), "user: there is no '{}': offprint user list shows all", name);
  return *user;
}

// Never an argument: others would see it in the list of processes.
std::string password_from_stdin() {
  std::string password;
  std::getline(std::cin, password);
  return password;
}

void list(std::ostream& out, const store::Database& database) {
  TextTable table{.title = "", .columns = {"name", "role", "since", "logs in"}, .rows = {}};
  for (const store::User& user : store::list_users(database))
    table.rows.push_back({user.name, std::string(store::role_name(user.role)),
                          feed::period_text(feed::period_of(feed::Span::day, user.created_at)),
                          user.password.empty() ? "no" : "yes"});
  out << table.to_terminal();
}

}  // namespace

void add_user_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("user", "accounts of the site");
  verb->require_subcommand(1);
  verb->footer("Example: echo 'a long password' | offprint user add ada --role editor");
  const auto add = [&](const char* name, const char* help, bool named) {
    CLI::App* command = verb->add_subcommand(name, help);
    add_feed_flags(*command, given->place);
    if (named) command->add_option("NAME", given->name, "of the account")->required();
    return command;
  };
  std::ostream& out = context.out;

  add("list", "all accounts", false)->callback([&out, given] {
    list(out, *open_feed(given->place));
  });
  CLI::App* make = add("add", "a new account; its password is read from stdin", true);
  make->add_option("--role", given->role, "reader, member or editor")->capture_default_str();
  make->callback([&out, given] {
    const auto database = open_feed(given->place);
    const store::Role role = store::parse_role(given->role);
    feed::sign_up(*database, given->name, password_from_stdin(), role, web::now_seconds());
    out << fmt::format("{} is now: {}\n", given->name, store::role_name(role));
  });
  CLI::App* role = add("role",
                       "what an account may do: reader votes, member also comments and runs, "
                       "editor also removes",
                       true);
  role->add_option("ROLE", given->role, "reader, member or editor")->required();
  role->callback([&out, given] {
    const auto database = open_feed(given->place);
    const store::Role wanted = store::parse_role(given->role);
    store::set_role(*database, known(*database, given->name).key, wanted);
    out << fmt::format("{} is now: {}\n", given->name, store::role_name(wanted));
  });
  add("password", "a new password from stdin; its sessions and tokens end", true)
      ->callback([&out, given] {
        const auto database = open_feed(given->place);
        const store::User user = known(*database, given->name);
        feed::change_password(*database, user.key, password_from_stdin());
        out << fmt::format("{} has a new password.\n", user.name);
      });
  CLI::App* token = add("token", "a token for programs, printed once", true);
  token->add_option("--label", given->label, "what it is for")->capture_default_str();
  token->callback([&out, given] {
    const auto database = open_feed(given->place);
    out << feed::open_session(*database, known(*database, given->name).key, "token", given->label,
                              web::now_seconds(), kTokenSeconds)
        << '\n';
  });
  add("delete", "an account: its votes go, its comments stay without a name", true)
      ->callback([&out, given] {
        const auto database = open_feed(given->place);
        const store::User user = known(*database, given->name);
        store::delete_user(*database, user.key);
        out << fmt::format("{} is gone.\n", user.name);
      });
}

}  // namespace offprint::cli
