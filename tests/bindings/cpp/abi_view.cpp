// The header as C++ sees it, in the words of tests/capi/abi_oracle.c, for the comparison with C.
#include <apimall.hpp>

#include <cstddef>
#include <iostream>

#define APIMALL_ABI_SIGNED(name) std::cout << "constant " #name " " << static_cast<std::int64_t>(name) << '\n';
#define APIMALL_ABI_UNSIGNED(name) std::cout << "constant " #name " " << static_cast<std::uint64_t>(name) << '\n';
#define APIMALL_ABI_OPAQUE(name) std::cout << "opaque " #name " pointer " << sizeof(name*) << '\n';
#define APIMALL_ABI_CALLBACK(name) std::cout << "callback " #name " pointer " << sizeof(name) << '\n';
#define APIMALL_ABI_STRUCT(name) std::cout << "struct " #name " size " << sizeof(name) << '\n';
#define APIMALL_ABI_MEMBER(type, member)                                          \
  std::cout << "offset " #type "." #member " " << offsetof(type, member) << '\n'; \
  std::cout << "width " #type "." #member " " << sizeof(static_cast<type*>(nullptr)->member) << '\n';
#define APIMALL_ABI_FUNCTION(name) std::cout << "function " #name " pointer " << sizeof(&name) << '\n';

int main() {
  std::cout << "version " << APIMALL_VERSION << '\n';
  std::cout << "abi_hash " << APIMALL_ABI_HASH << '\n';
#include "../../capi/abi_names.inc"
}
