#include "apimall/apimall.h"
#include "boundary.hpp"
#include "model/code.hpp"

const char* apimall_version(void) APIMALL_NOEXCEPT { return APIMALL_VERSION; }

uint64_t apimall_abi_hash(void) APIMALL_NOEXCEPT { return APIMALL_ABI_HASH; }

const char* apimall_code_name(int32_t code) APIMALL_NOEXCEPT {
  return apimall::name(static_cast<apimall::Code>(code)).data();
}
