// The error function, its relatives and their inverses in double precision.
#pragma once
#include "error_f32.cuh"
#include "exponential_f64.cuh"
#include "logarithm_f64.cuh"

// e erfcx(x) (1 + low) for x >= 3/4: a polynomial in (x - 4) / (x + 4), after Shepherd and Laframboise (1981), divided
// by 1 + 2 x. What rounding 1 + 2 x lost joins ``low``; for it the quotient is close enough to 1.12 / (1 + 2 x).
__device__ inline double __cw_scaled_erfcx(double x, double e, double low) {
    double d = fma(2.0, x, 1.0), lost = fma(2.0, x, 1.0 - d);
    double q = __cw_p_erfcx((x - 4.0) / (x + 4.0)) / d, y = q * e;
    return fma(y, fma(lost * -0.89, q, low), y);
}
__device__ inline double __cw_erf_near_zero(double x) { return fma(x, __cw_p_erf(x * x), x); }
__device__ inline double __cw_erfc(double x) {
    double a = fmin(fabs(x), 28.0), square = a * a;
    double y = __cw_scaled_erfcx(a, __cw_exp(-square), -fma(a, a, -square));
    y = x < 0.0 ? 2.0 - y : y;
    return isnan(x) ? x : (a < 0.75 ? 1.0 - __cw_erf_near_zero(x) : y);
}
__device__ inline double __cw_erf(double x) {
    double a = fmin(fabs(x), 6.5), square = a * a;
    double y = 1.0 - __cw_scaled_erfcx(a, __cw_exp(-square), -fma(a, a, -square));
    return isnan(x) ? x : (a < 1.0 ? __cw_erf_near_zero(x) : copysign(y, x));
}
__device__ inline double __cw_erfcx(double x) {
    double a = fabs(x), square = x * x, low = fma(x, x, -square), e = __cw_exp(square);
    e = e < __CW_INF ? fma(low, e, e) : e;
    double y = a > 1.0e20 ? 0.5641895835477563 / a : __cw_scaled_erfcx(a, 1.0, 0.0);
    y = x < 0.0 ? fma(2.0, e, -y) : y;
    return isnan(x) ? x : (a < 0.75 ? e * (1.0 - __cw_erf_near_zero(x)) : y);
}
__device__ inline double __cw_normcdf(double x) {
    // erfc(-x / sqrt 2) / 2, where the exponential takes x**2 / 2 without the root's rounding error.
    double a = fmin(fabs(x), 40.0), square = a * a, u = a * 0.7071067811865476;
    double y = 0.5 * __cw_scaled_erfcx(u, __cw_exp(-0.5 * square), -0.5 * fma(a, a, -square));
    y = x > 0.0 ? 1.0 - y : y;
    double near_zero = fma(0.5, copysign(__cw_erf_near_zero(u), x), 0.5);
    return isnan(x) ? x : (a < 1.07 ? near_zero : y);
}
// erfinv(x) where c = 1 - |x|: the single-precision value corrected by one step of Halley's iteration, on erf where
// that is accurate and on erfc elsewhere.
__device__ inline double __cw_erfinv_refined(double x, double c) {
    float w = (float)-__cw_log(c * (2.0 - c)), z = (float)(x * x);
    float ratio = c > 0.4 ? fmaf(z, __cw_p_erfinv_near(z), 0.886226892f) : __cw_erfinv_of_w(1.0f, w);
    double a = fabs(x) * (double)ratio;
    double residual = c > 0.5 ? __cw_erf_near_zero(a) - fabs(x) : c - __cw_erfc(a);
    double step = residual * 0.886226925452758 * __cw_exp(a * a);
    return copysign(a - step / fma(a, step, 1.0), x);
}
__device__ inline double __cw_erfinv(double x) {
    double y = __cw_erfinv_refined(x, 1.0 - fabs(x));
    y = fabs(x) == 1.0 ? x * __CW_INF : y;
    return fabs(x) < 1.0e-100 ? x * 0.886226925452758 : (fabs(x) > 1.0 ? __CW_NAN : y);
}
// erfcinv of 0 < x < 1/2 from erfc y = erfcx(y) e**(-y**2), in logarithms, where nothing underflows.
__device__ inline double __cw_erfcinv_tail(double x) {
    double ln = -__cw_log(x);
    float w = (float)(ln - 0.6931471805599453 - __cw_log1p(-0.5 * x));
    double y = (1.0 - x) * (double)__cw_erfinv_of_w(1.0f, w);
    y = ln > 95.0 ? sqrt(ln - 0.5 * __cw_log(3.141592653589793 * ln)) : y;
    int steps = ln > 95.0 ? 2 : 1;
    for (int i = 0; i < steps; ++i) {
        double e = __cw_erfcx(y), square = y * y, low = fma(y, y, -square);
        double f = (ln - square) + (__cw_log(e) - low), slope = -1.1283791670955126 / e, step = f / slope;
        y -= step / fma(step, fma(0.5, slope, y), 1.0);
    }
    return y;
}
__device__ inline double __cw_erfcinv(double x) {
    double d = 1.0 - x;
    double middle = __cw_erfinv_refined(d, 1.0 - fabs(d));
    double near_zero = __cw_erfcinv_tail(fmin(x, 2.0 - x));
    double y = fabs(d) <= 0.5 ? middle : copysign(near_zero, d);
    y = x == 0.0 ? __CW_INF : (x == 2.0 ? -__CW_INF : y);
    y = fabs(d) < 1.0e-100 ? d * 0.886226925452758 : y;
    return x >= 0.0 && x <= 2.0 ? y : __CW_NAN;
}
__device__ inline double __cw_normcdfinv(double p) {
    double q = __cw_erfcinv(p + p);
    double y = fma(-1.4142135623730951, q, 9.667293313452913e-17 * q);
    return p == 0.0 ? -__CW_INF : (p == 1.0 ? __CW_INF : (p == 0.5 ? 0.0 : y));
}
