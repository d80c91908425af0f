// Tensor without its definition, for doors and catalogs that only pass one on.
#pragma once
namespace at {
class Tensor;
}
namespace offprint {
using at::Tensor;
}
