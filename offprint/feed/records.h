// Readers of bibliographic files: each calls back with papers and with what it refuses, and goes on
// behind a bad record. Text is UTF-8; a file's size is no limit.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "offprint/store/paper.h"

namespace offprint::feed {

struct RecordSink {
  // `line` counts from 1. False ends the reading.
  std::function<bool(store::Paper&&, int64_t line)> paper;
  std::function<void(int64_t line, const std::string& reason)> refuse;
  std::function<void(size_t byte)> at;  // how far the reader has come
};

void read_arxiv_atom(std::string_view text, const RecordSink& sink);      // arXiv's API
void read_oai_pmh(std::string_view text, const RecordSink& sink);         // arXiv and oai_dc
void read_arxiv_snapshot(std::string_view text, const RecordSink& sink);  // JSON lines
void read_hub_papers(std::string_view text, const RecordSink& sink);      // JSON list or object
void read_bibtex(std::string_view text, const RecordSink& sink);
void read_ris(std::string_view text, const RecordSink& sink);

}  // namespace offprint::feed
