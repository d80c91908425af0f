// Pages of methods on a person's own data: the tasks, the form of one, and what came of it.
#pragma once
#include <map>
#include <string>

#include "offprint/store/jobs.h"
#include "offprint/tasks/data_verbs.h"
#include "offprint/web/page.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

Page tasks_page();  // all tasks with their methods

// `given`: what was typed before, so that a mistake costs nothing but the file.
Page use_page(const Visitor& visitor, const tasks::DataVerb& verb,
              const std::map<std::string, std::string>& given, const std::string& problem);

// Plots, what the verb printed, and files to download.
Html use_result_view(const store::Job& job);

// "Use it on your data": links to the forms of this paper's methods; nothing where it has none.
Html use_links(const std::string& slug);

// Who may see a job on somebody's data: who asked for it, and editors.
bool may_see(const Visitor& visitor, const store::Job& job);

}  // namespace offprint::web
