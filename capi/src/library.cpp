#include "apimall/apimall.h"
#include "boundary.hpp"
#include "model/code.hpp"

const char* apimall_version(void) { return APIMALL_VERSION_TEXT; }

uint64_t apimall_abi_hash(void) { return APIMALL_ABI_HASH; }

const char* apimall_code_name(int32_t code) { return apimall::name(static_cast<apimall::Code>(code)).data(); }
