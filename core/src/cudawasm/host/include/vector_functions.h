// make_int4 and its kin, for host code.
#pragma once
#define __VECTOR_FUNCTIONS_H__
#include "vector_types.h"

#define CUDAWASM_MAKE(T, NAME)                                                                        \
    static inline constexpr NAME##1 make_##NAME##1(T x) { return NAME##1{x}; }                        \
    static inline constexpr NAME##2 make_##NAME##2(T x, T y) { return NAME##2{x, y}; }                \
    static inline constexpr NAME##3 make_##NAME##3(T x, T y, T z) { return NAME##3{x, y, z}; }        \
    static inline constexpr NAME##4 make_##NAME##4(T x, T y, T z, T w) { return NAME##4{x, y, z, w}; }

CUDAWASM_MAKE(signed char, char)
CUDAWASM_MAKE(unsigned char, uchar)
CUDAWASM_MAKE(short, short)
CUDAWASM_MAKE(unsigned short, ushort)
CUDAWASM_MAKE(int, int)
CUDAWASM_MAKE(unsigned int, uint)
CUDAWASM_MAKE(long int, long)
CUDAWASM_MAKE(unsigned long int, ulong)
CUDAWASM_MAKE(long long int, longlong)
CUDAWASM_MAKE(unsigned long long int, ulonglong)
CUDAWASM_MAKE(float, float)
CUDAWASM_MAKE(double, double)
#undef CUDAWASM_MAKE
