// Multi-limb unsigned integers with carry chains in inline PTX: sum, difference, full product and Montgomery power.
// The power is taken modulo a 256-bit prime; each result is also checked by an identity computed without PTX.
#include <cstdint>

template <int LIMBS> struct Big {
    uint32_t limb[LIMBS];
    __device__ uint32_t& operator[](int i) { return limb[i]; }
    __device__ const uint32_t& operator[](int i) const { return limb[i]; }
};

// One carry chain has to sit in one statement, so four limbs at a time with the carry passed in and out.
__device__ uint32_t add4(uint32_t* r, const uint32_t* a, const uint32_t* b, uint32_t carry) {
    asm("add.cc.u32 %4, %4, 0xffffffff;\n\t"  // sets the carry flag when the carry that came in is one
        "addc.cc.u32 %0, %5, %9;\n\t"
        "addc.cc.u32 %1, %6, %10;\n\t"
        "addc.cc.u32 %2, %7, %11;\n\t"
        "addc.cc.u32 %3, %8, %12;\n\t"
        "addc.u32 %4, 0, 0;"
        : "=&r"(r[0]), "=&r"(r[1]), "=&r"(r[2]), "=&r"(r[3]), "+&r"(carry)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]));
    return carry;
}

__device__ uint32_t sub4(uint32_t* r, const uint32_t* a, const uint32_t* b, uint32_t borrow) {
    asm("sub.cc.u32 %4, 0, %4;\n\t"
        "subc.cc.u32 %0, %5, %9;\n\t"
        "subc.cc.u32 %1, %6, %10;\n\t"
        "subc.cc.u32 %2, %7, %11;\n\t"
        "subc.cc.u32 %3, %8, %12;\n\t"
        "subc.u32 %4, 0, 0;"
        : "=&r"(r[0]), "=&r"(r[1]), "=&r"(r[2]), "=&r"(r[3]), "+&r"(borrow)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]));
    return borrow & 1;
}

template <int N> __device__ uint32_t add(Big<N>& r, const Big<N>& a, const Big<N>& b) {
    static_assert(N % 4 == 0, "groups of four limbs");
    uint32_t carry = 0;
#pragma unroll
    for (int i = 0; i < N; i += 4) carry = add4(&r[i], &a[i], &b[i], carry);
    return carry;
}
template <int N> __device__ uint32_t sub(Big<N>& r, const Big<N>& a, const Big<N>& b) {
    uint32_t borrow = 0;
    for (int i = 0; i < N; i += 4) borrow = sub4(r.limb + i, a.limb + i, b.limb + i, borrow);
    return borrow;
}

template <int N> __device__ Big<2 * N> multiply(const Big<N>& a, const Big<N>& b) {
    Big<2 * N> r{};
    for (int i = 0; i < N; ++i) {
        uint32_t carry = 0;
        for (int j = 0; j < N; ++j)
            asm("{\n\t"
                ".reg .u32 low, high;\n\t"
                "mul.lo.u32 low, %2, %3;\n\t"
                "mul.hi.u32 high, %2, %3;\n\t"
                "add.cc.u32 low, low, %1;\n\t"
                "addc.u32 high, high, 0;\n\t"
                "add.cc.u32 %0, low, %0;\n\t"
                "addc.u32 %1, high, 0;\n\t"
                "}"
                : "+r"(r[i + j]), "+r"(carry)
                : "r"(a[i]), "r"(b[j]));
        r[i + N] = carry;
    }
    return r;
}

// a * b / 2^(32 N) modulo m, with `inverse` = -1/m modulo 2^32.
template <int N>
__device__ Big<N> montgomery(const Big<N>& a, const Big<N>& b, const Big<N>& m, uint32_t inverse) {
    uint32_t t[N + 2] = {};
    for (int i = 0; i < N; ++i) {
        for (const auto* const f : {&b, &m}) {
            const uint32_t by = f == &b ? a[i] : t[0] * inverse;
            uint64_t carry = 0;
            for (int j = 0; j < N; ++j) {
                carry += uint64_t{by} * (*f)[j] + t[j];
                t[j] = static_cast<uint32_t>(carry), carry >>= 32;
            }
            carry += t[N];
            t[N] = static_cast<uint32_t>(carry), t[N + 1] += static_cast<uint32_t>(carry >> 32);
        }
        for (int j = 0; j <= N; ++j) t[j] = t[j + 1];
        t[N + 1] = 0;
    }
    Big<N> r, reduced;
    for (int j = 0; j < N; ++j) r[j] = t[j];
    return sub(reduced, r, m) && !t[N] ? r : reduced;
}

using U256 = Big<8>;
__global__ void bignum(const U256* a, const U256* b, U256 modulus, U256 one, U256* sum, U256* difference,
                       Big<16>* product,
                       U256* power, uint32_t* flags, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const uint32_t carry = add(sum[i], a[i], b[i]), borrow = sub(difference[i], a[i], b[i]);
    product[i] = multiply(a[i], b[i]);
    uint32_t inverse = 1;
    for (int k = 0; k < 5; ++k) inverse *= 2 - modulus[0] * inverse;
    U256 result = one;
    for (int bit = 63; bit >= 0; --bit) {
        result = montgomery(result, result, modulus, -inverse);
        if (b[i][bit / 32] >> (bit % 32) & 1) result = montgomery(result, a[i], modulus, -inverse);
    }
    power[i] = result;
    U256 back;
    uint32_t same = add(back, difference[i], b[i]) == borrow;
    for (int k = 0; k < 8; ++k) same &= back[k] == a[i][k];
    flags[i] = carry | borrow << 1 | same << 2;
}
