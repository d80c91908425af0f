#include "offprint/data/catalog.h"

#include <array>

namespace offprint::data {
namespace {

constexpr auto kDigits = std::to_array<PublicFile>(
    {{"digits.csv.gz", "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22", 57523}});
constexpr auto kBreastCancer = std::to_array<PublicFile>(
    {{"breast_cancer.csv", "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
      119913}});
constexpr auto kCompas = std::to_array<PublicFile>({
    {"compas-scores-two-years.csv",
     "c451db85908b2f7fef1d83203bedf6b71ecda0d5af468d82ae62178f91d0cc7d", 2546489,
     "https://raw.githubusercontent.com/propublica/compas-analysis/"
     "bafff5da3f2e45eca6c2d5055faad269defd135a/compas-scores-two-years.csv"},
});
constexpr auto kEtt = std::to_array<PublicFile>({
    {"ETTh1.csv", "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066", 2589657,
     "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/"
     "1d16c8f4f943005d613b5bc962e9eeb06058cf07/ETT-small/ETTh1.csv"},
    {"ETTh2.csv", "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b", 2417960,
     "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/"
     "1d16c8f4f943005d613b5bc962e9eeb06058cf07/ETT-small/ETTh2.csv"},
});
constexpr auto kGsm8k = std::to_array<PublicFile>({
    {"train.jsonl", "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465", 4166206,
     "https://raw.githubusercontent.com/openai/grade-school-math/"
     "3101c7d5072418e28b9008a6636bde82a006892c/grade_school_math/data/"
     "train.jsonl"},
    {"test.jsonl", "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14", 749738,
     "https://raw.githubusercontent.com/openai/grade-school-math/"
     "3101c7d5072418e28b9008a6636bde82a006892c/grade_school_math/data/"
     "test.jsonl"},
});
constexpr auto kTinyShakespeare = std::to_array<PublicFile>({
    {"input.txt", "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed", 1115394,
     "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"},
});
constexpr auto kKjv = std::to_array<PublicFile>({
    {"kjv.txt", "b5c4940bcfeee072c0935b5200d0f9d88a00a0199cb0961d16133458fcdfae5d", 4137850},
});
constexpr auto kJargon = std::to_array<PublicFile>({
    {"jargon.txt", "40dfb4b98191a670a09a183d5798d50f243d23fdbd1495dcc0aca2ce5895ba97", 1681817},
});
constexpr auto kCranfield = std::to_array<PublicFile>({
    {"cran.all.1400", "b234544b6ceccd131520df4a3cb6d42aee6576eb577933d047e722bbfe7b0b09", 1644706,
     "https://raw.githubusercontent.com/valinsogna/IR_BIM_model/"
     "27499e342860ec4b42928f94c57a5c3b56b0a832/data/cran/cran.all.1400"},
    {"cran.qry", "99578ceb88941ef89c14faf7c63c23776a376d8fba319b990f01d0c601d8b03f", 28957,
     "https://raw.githubusercontent.com/valinsogna/IR_BIM_model/"
     "27499e342860ec4b42928f94c57a5c3b56b0a832/data/cran/cran.qry"},
    {"cranqrel", "92e54b58dac0b980152178f350d892fae66c8a239b8a11715b835fb8d2f6bc0e", 19541,
     "https://raw.githubusercontent.com/valinsogna/IR_BIM_model/"
     "27499e342860ec4b42928f94c57a5c3b56b0a832/data/cran/cranqrel"},
});
constexpr auto kCrisisLex = std::to_array<PublicFile>({
    {"t26_en.tsv", "22c636704c8eb3763d932e22e228ef8a5528233d120cd7f81755b7dcd4243f87", 3172001},
    {"t6_sample.tsv", "cd5134a72fa97dd5c510353538937a99dd45561429139b4ad3780f02893175f6", 1406204},
    {"gold_request_offer.tsv", "c5ac3b6461bfead6ad05fccee51c05a35524a7ebc5681997ecba5c65616de0c3",
     52743},
});
constexpr auto kDpoDemo = std::to_array<PublicFile>({
    {"dpo_en_demo.json", "8f2a48b4f1eb7a22920252633e9b2f90948e1995498d45654f94e477be8c3bb6",
     1575285,
     "https://raw.githubusercontent.com/OpenBMB/MiniCPM/0fcc3d08330ee612d59d58e312a778ae78165d97/"
     "finetune/llama_factory_example/"
     "llama_factory_data/dpo_en_demo.json"},
});
constexpr auto kMrNiah = std::to_array<PublicFile>({
    {"english_2048_tokens.jsonl",
     "ec9b3d3ddb9e341191e63d48036eaf3ceb5a83025c732c53185b23c4fffa4f8e", 522343,
     "https://raw.githubusercontent.com/MiniMax-AI/MiniMax-01/"
     "57cf223b177e99636c7711a0f179e9fdc9c38e8a/evaluation/MR-NIAH/data/english/"
     "2048_tokens.jsonl"},
    {"english_10240_tokens.jsonl",
     "fbdf92f85c21bc3d2be10e4cb6f719d8fb7e9cd45944d6b4fc1c2ee763036f0a", 1318873,
     "https://raw.githubusercontent.com/MiniMax-AI/MiniMax-01/"
     "57cf223b177e99636c7711a0f179e9fdc9c38e8a/evaluation/MR-NIAH/data/english/"
     "10240_tokens.jsonl"},
});
constexpr auto kSpecBench = std::to_array<PublicFile>({
    {"question.jsonl", "4b6d33e79484f9841c487ee87d1cf6aa8c6066f61d5d482ff09e5a007fafdf04", 698768,
     "https://raw.githubusercontent.com/thunlp/FR-Spec/9d40eea8a6c2775ca7689a72c5cc76e291417790/"
     "data/spec_bench/question.jsonl"},
    {"human_eval.jsonl", "1d49078ba3e2b196b9344535bef34a43021f038fad9561d6ee7c53450609a6a2", 214438,
     "https://raw.githubusercontent.com/thunlp/FR-Spec/9d40eea8a6c2775ca7689a72c5cc76e291417790/"
     "data/human_eval/question.jsonl"},
});
constexpr auto kWirelessMath = std::to_array<PublicFile>({
    {"problems.jsonl", "e98d086f1890109846732e70bd33c6cda74b1a5f72261d1f07e7f2687064b452", 17891},
});

const auto kSets = std::to_array<PublicSet>({
    {.name = "digits",
     .what = "1797 handwritten digits of 8 x 8 pixels",
     .licence = "CC BY 4.0",
     .origin = "UCI Optical Recognition of Handwritten Digits, shipped by the Python package "
               "scikit-learn",
     .how = "./start installs the package scikit-learn that ships it",
     .package = "sklearn/datasets/data",
     .files = kDigits},
    {.name = "breast-cancer",
     .what = "569 tumours with 30 measurements of their cells, malignant or benign",
     .licence = "CC BY 4.0",
     .origin = "UCI Breast Cancer Wisconsin (Diagnostic), shipped by the Python package "
               "scikit-learn",
     .how = "./start installs the package scikit-learn that ships it",
     .package = "sklearn/datasets/data",
     .files = kBreastCancer},
    {.name = "compas",
     .what = "7214 defendants of Broward County, arrested again within two years or not",
     .licence = "public records, no formal licence",
     .origin = "repository propublica/compas-analysis (Larson et al. 2016)",
     .files = kCompas},
    {.name = "ett",
     .what = "Electricity transformer load and oil temperature, two stations, hourly, 2016-07 to "
             "2018-06",
     .licence = "CC BY-ND 4.0",
     .origin = "ETDataset (Zhou et al. 2021, Informer), folder ETT-small",
     .files = kEtt},
    {.name = "gsm8k",
     .what = "GSM8K: 7473 + 1319 grade-school word problems with worked solutions",
     .licence = "MIT",
     .origin = "repository openai/grade-school-math",
     .files = kGsm8k},
    {.name = "tinyshakespeare",
     .what = "40 000 lines of Shakespeare, 65 different characters",
     .licence = "public domain",
     .origin = "repository karpathy/char-rnn, data/tinyshakespeare",
     .files = kTinyShakespeare},
    {.name = "kjv",
     .what = "King James Bible, one verse a line, without verse numbers",
     .licence = "public domain",
     .origin = "Debian package bible-kjv-text, printed with the program bible of package bible-kjv",
     .how = "print it with the program of the Debian package bible-kjv, verse numbers removed, to "
            "$OFFPRINT_DATA/kjv/kjv.txt",
     .files = kKjv},
    {.name = "jargon",
     .what = "The Jargon File 4.4.7: modern technical prose",
     .licence = "public domain",
     .origin = "Debian package jargon-text",
     .how = "install the Debian package jargon-text and unpack its jargon.txt into "
            "$OFFPRINT_DATA/jargon/",
     .files = kJargon},
    {.name = "cranfield",
     .what = "Cranfield: 1400 abstracts of aerodynamics, 225 queries, graded judgements",
     .licence = "distributed freely for research, no formal licence",
     .origin = "repository valinsogna/IR_BIM_model, data/cran",
     .files = kCranfield},
    {.name = "crisislex",
     .what = "Tweets of 17 crises with labels, and a small set of requests and offers",
     .licence = "MIT",
     .origin =
         "repository sajao/CrisisLex (T26, T6), cleaned; the request/offer labels are our own",
     .how = "it is a cleaned extract of the repository sajao/CrisisLex; put your copy into "
            "$OFFPRINT_DATA/crisislex/",
     .files = kCrisisLex},
    {.name = "dpo-en-demo",
     .what = "300 English preference examples (chosen and rejected answers)",
     .licence = "Apache-2.0",
     .origin = "repository OpenBMB/MiniCPM, a sample shipped for fine-tuning",
     .files = kDpoDemo},
    {.name = "mr-niah-2k",
     .what = "Multi-round needle-in-a-haystack dialogues of about 2k and 10k tokens",
     .licence = "MIT",
     .origin = "repository MiniMax-AI/MiniMax-01, evaluation/MR-NIAH",
     .files = kMrNiah},
    {.name = "spec-bench",
     .what = "480 prompts in 13 categories and 164 code prompts, for decoding speed",
     .licence = "Apache-2.0 and MIT",
     .origin = "repository thunlp/FR-Spec (Spec-Bench, HumanEval)",
     .files = kSpecBench},
    {.name = "wirelessmathbench-xl-sample",
     .what = "16 records of WirelessMathBench-XL, a fixture of its format",
     .licence = "CC BY 4.0",
     .origin = "repository LiXin97/WirelessMathBench-XL, v1.1 data release",
     .how = "take the records from the v1.1 release of the repository LiXin97/WirelessMathBench-XL "
            "into $OFFPRINT_DATA/wirelessmathbench-xl-sample/",
     .files = kWirelessMath},
});

}  // namespace

std::span<const PublicSet> sets() { return kSets; }
const PublicSet& set_named(std::string_view name) { return named(sets(), name, "data set"); }
std::optional<std::filesystem::path> find_set(std::string_view name) {
  return find(set_named(name));
}
std::filesystem::path require_set(std::string_view name, const std::string& given) {
  return require_found(set_named(name), given);
}

}  // namespace offprint::data
