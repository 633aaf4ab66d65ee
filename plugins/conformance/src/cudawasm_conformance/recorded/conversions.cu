// Conversions between integers of all widths, floats, doubles and halves: casts, rounding modes, saturation, wrapping.
// In-range casts are plain C++; out-of-range ones use PTX conversions, whose clamping is defined.
#include <cstdint>
#include <cuda_fp16.h>

template <typename To, typename From> __device__ To narrow(From v) { return static_cast<To>(v); }

// Sends a value through a chain of types, widening the final one to 64 bits.
template <typename First, typename... Rest, typename T> __device__ int64_t chain(T v) {
    if constexpr (sizeof...(Rest) == 0)
        return static_cast<int64_t>(static_cast<First>(v));
    else
        return chain<Rest...>(static_cast<First>(v));
}

template <typename T> class Cursor {
    T*& at_;

public:
    __device__ explicit Cursor(T*& at) : at_(at) {}
    template <typename... Us> __device__ Cursor& operator()(Us... values) {
        ((*at_++ = static_cast<T>(values)), ...);
        return *this;
    }
};

__device__ int clamp_to_int(float v) {
    int r;
    asm("cvt.rni.s32.f32 %0, %1;" : "=r"(r) : "f"(v));
    return r;
}
__device__ unsigned clamp_to_byte(float v) {
    unsigned r;
    asm("cvt.rzi.sat.u8.f32 %0, %1;" : "=r"(r) : "f"(v));
    return r;
}
__device__ long long clamp_to_long(double v) {
    long long r;
    asm("cvt.rpi.s64.f64 %0, %1;" : "=l"(r) : "d"(v));
    return r;
}

__global__ void from_values(const int64_t* ints, const float* floats, const double* doubles, int64_t* int_results,
                            float* float_results, double* double_results, uint16_t* half_results) {
    const int i = threadIdx.x;
    const int64_t v = ints[i];
    int64_t* ip = int_results + i * 20;
    float* fp = float_results + i * 16;
    double* dp = &double_results[i * 8];
    Cursor<int64_t> put(ip);
    Cursor<float> putf(fp);
    Cursor<double> putd(dp);

    put(chain<int8_t>(v), chain<uint8_t, int8_t, uint32_t>(v), chain<int16_t, uint64_t>(v), chain<uint16_t,
        int32_t>(v));
    put(chain<int32_t, uint16_t, int8_t, uint16_t>(v), narrow<bool>(v), narrow<char>(v), narrow<signed char>(v >> 8));
    put(narrow<uint32_t>(v) >> 3, narrow<int32_t>(v) >> 3, static_cast<uint64_t>(v) >> 60, (v & 0xff) - 256u);

    const float f = floats[i];
    const double d = doubles[i];
    put(clamp_to_int(f), clamp_to_byte(f), clamp_to_long(d));
    const float small = f - truncf(f / 1000.0f) * 1000.0f;  // in (-1000, 1000)
    const bool finite = isfinite(f) && fabsf(f) < 1e6f;
    const float s = finite ? small : 17.5f;
    put(static_cast<int>(s), __float2int_rn(s), __float2int_ru(s), __float2ll_rd(s), narrow<uint8_t>(fabsf(s) * 0.25f));

    putf(__ll2float_rn(v), __ll2float_rz(v), __ll2float_ru(v), __ll2float_rd(v), static_cast<float>(v));
    putf(__ull2float_rz(v), __int2float_ru(narrow<int>(v)), __uint2float_rd(narrow<unsigned>(v)),
        narrow<unsigned>(v) * 1.0f);
    putf(__double2float_rn(d), __double2float_rz(d), __double2float_ru(d), __double2float_rd(d),
        __saturatef(s * 0.01f));
    putf(__uint_as_float(__float_as_uint(s) ^ 0x80000000u), __int_as_float(0x3f800000 | (narrow<int>(v) & 0x7fffff)));

    putd(__ll2double_rn(v), __ll2double_rz(v), __ll2double_ru(v), __ull2double_rd(v), v, narrow<uint64_t>(v));
    putd(__hiloint2double(__double2hiint(d), __double2loint(d) ^ 1), __longlong_as_double(__double_as_longlong(d) + 2));

    uint16_t* const h = half_results + 8 * i;
    const float hf = finite ? s * s * s * 1e-4f * (1 << i % 3) : f;
    h[0] = __half_as_ushort(__float2half_rn(hf)), h[1] = __half_as_ushort(__float2half_rz(hf));
    h[2] = __half_as_ushort(__float2half_ru(hf)), h[3] = __half_as_ushort(__float2half_rd(hf));
    h[4] = __half_as_ushort(__double2half(s / 3.0)), h[5] = __half_as_ushort(__int2half_rn(narrow<short>(v)));
    h[6] = __half_as_ushort(__ushort2half_ru(narrow<unsigned short>(v))),
        h[7] = narrow<uint16_t>(__half2short_rz(__half(s)));
}
