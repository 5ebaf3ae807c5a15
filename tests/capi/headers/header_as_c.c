/* Compiled as C99, C11, C17 and C2x. */
#include "use_header.inc"
