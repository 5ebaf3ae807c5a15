/* Prints what the C compiler makes of the public header: sizes, offsets, widths and values, one a line.
 *
 * The bindings compare their own view with these lines. The list of names is generated, so that none is forgotten; the
 * values come from the compiler and the header alone, so that the generator cannot be wrong twice in the same way.
 * Needs no library: it calls nothing. */
#include <apimall/apimall.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define APIMALL_ABI_SIGNED(name) printf("constant %s %" PRId64 "\n", #name, (int64_t)(name));
#define APIMALL_ABI_UNSIGNED(name) printf("constant %s %" PRIu64 "\n", #name, (uint64_t)(name));
/* Of an opaque type there is only the pointer to measure. */
#define APIMALL_ABI_OPAQUE(name) printf("opaque %s pointer %zu\n", #name, sizeof(name*));
#define APIMALL_ABI_CALLBACK(name) printf("callback %s pointer %zu\n", #name, sizeof(name));
#define APIMALL_ABI_STRUCT(name) printf("struct %s size %zu\n", #name, sizeof(name));
#define APIMALL_ABI_MEMBER(type, member)                                \
  printf("offset %s.%s %zu\n", #type, #member, offsetof(type, member)); \
  printf("width %s.%s %zu\n", #type, #member, sizeof(((type*)NULL)->member));
/* Unevaluated: fails to compile when the header does not declare the function. */
#define APIMALL_ABI_FUNCTION(name) printf("function %s pointer %zu\n", #name, sizeof(&name));

int main(void) {
  printf("version %s\n", APIMALL_VERSION);
  printf("abi_hash %" PRIu64 "\n", (uint64_t)APIMALL_ABI_HASH);
#include "abi_names.inc"
  return 0;
}
