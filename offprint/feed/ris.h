// A paper as an RIS record, and back (records.h).
#pragma once
#include <string>

#include "offprint/store/paper.h"

namespace offprint::feed {

std::string ris(const store::Paper& paper);

}  // namespace offprint::feed
