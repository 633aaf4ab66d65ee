#pragma once
// Minimax polynomials; written by tools/fit_polynomials.py.

// Error 2^-22.3.
__device__ inline float __cw_p_fast_exp(float z) {
    float p = 0.008113342f;
    p = fmaf(p, z, 0.041893438f);
    p = fmaf(p, z, 0.16669115f);
    p = fmaf(p, z, 0.4999923f);
    return p;
}

// Error 2^-19.2.
__device__ inline float __cw_p_fast_log1p(float z) {
    float p = 0.11835284f;
    p = fmaf(p, z, -0.18432382f);
    p = fmaf(p, z, 0.20439616f);
    p = fmaf(p, z, -0.24942203f);
    p = fmaf(p, z, 0.3332086f);
    return p;
}

// Error 2^-28.2.
__device__ inline float __cw_p_exp(float z) {
    float p = 0.0013837476f;
    p = fmaf(p, z, 0.008369162f);
    p = fmaf(p, z, 0.041668106f);
    p = fmaf(p, z, 0.16666517f);
    p = fmaf(p, z, 0.49999994f);
    return p;
}

// Error 2^-28.7.
__device__ inline float __cw_p_expm1(float z) {
    float p = 0.00019846065f;
    p = fmaf(p, z, 0.0013940671f);
    p = fmaf(p, z, 0.008333389f);
    p = fmaf(p, z, 0.04166636f);
    p = fmaf(p, z, 0.16666666f);
    p = fmaf(p, z, 0.5f);
    return p;
}

// Error 2^-27.6.
__device__ inline float __cw_p_log(float z) {
    float p = -0.124769755f;
    p = fmaf(p, z, 0.14064042f);
    p = fmaf(p, z, -0.12274862f);
    p = fmaf(p, z, 0.13989268f);
    p = fmaf(p, z, -0.16674408f);
    p = fmaf(p, z, 0.20011444f);
    p = fmaf(p, z, -0.2499992f);
    p = fmaf(p, z, 0.33333197f);
    p = fmaf(p, z, -0.5f);
    return p;
}

// Error 2^-29.2.
__device__ inline float __cw_p_log1p(float z) {
    float p = 0.053166043f;
    p = fmaf(p, z, -0.109037355f);
    p = fmaf(p, z, 0.12112255f);
    p = fmaf(p, z, -0.12552167f);
    p = fmaf(p, z, 0.14209422f);
    p = fmaf(p, z, -0.16659214f);
    p = fmaf(p, z, 0.20002225f);
    p = fmaf(p, z, -0.2500017f);
    p = fmaf(p, z, 0.33333313f);
    return p;
}

// Error 2^-28.8.
__device__ inline float __cw_p_log2(float z) {
    float p = 0.05879361f;
    p = fmaf(p, z, -0.14664301f);
    p = fmaf(p, z, 0.17815365f);
    p = fmaf(p, z, -0.18357284f);
    p = fmaf(p, z, 0.20476682f);
    p = fmaf(p, z, -0.24013716f);
    p = fmaf(p, z, 0.28857896f);
    p = fmaf(p, z, -0.36068296f);
    p = fmaf(p, z, 0.4808979f);
    p = fmaf(p, z, -0.72134745f);
    p = fmaf(p, z, 2.0173976e-08f);
    return p;
}

// Error 2^-35.2.
__device__ inline float __cw_p_atanh(float z) {
    float p = 0.24276845f;
    p = fmaf(p, z, 0.28498837f);
    p = fmaf(p, z, 0.40000972f);
    p = fmaf(p, z, 0.6666666f);
    return p;
}

// Error 2^-32.5.
__device__ inline float __cw_p_sin(float z) {
    float p = 2.8325117e-06f;
    p = fmaf(p, z, -0.00019853064f);
    p = fmaf(p, z, 0.008333379f);
    p = fmaf(p, z, -0.16666667f);
    return p;
}

// Error 2^-37.0.
__device__ inline float __cw_p_cos(float z) {
    float p = -2.8877423e-07f;
    p = fmaf(p, z, 2.4822002e-05f);
    p = fmaf(p, z, -0.001388898f);
    p = fmaf(p, z, 0.041666668f);
    return p;
}

// Error 2^-29.7.
__device__ inline float __cw_p_tanh(float z) {
    float p = -0.0062428378f;
    p = fmaf(p, z, 0.021050708f);
    p = fmaf(p, z, -0.053847548f);
    p = fmaf(p, z, 0.13332544f);
    p = fmaf(p, z, -0.33333316f);
    return p;
}

// Error 2^-32.6.
__device__ inline float __cw_p_sinh(float z) {
    float p = 9.807164e-08f;
    p = fmaf(p, z, 2.5782133e-06f);
    p = fmaf(p, z, 0.00019856142f);
    p = fmaf(p, z, 0.008333284f);
    p = fmaf(p, z, 0.16666667f);
    return p;
}

// Error 2^-31.7.
__device__ inline float __cw_p_asin(float z) {
    float p = 0.037702207f;
    p = fmaf(p, z, 0.014312139f);
    p = fmaf(p, z, 0.031839527f);
    p = fmaf(p, z, 0.044513352f);
    p = fmaf(p, z, 0.07500522f);
    p = fmaf(p, z, 0.1666666f);
    return p;
}

// Error 2^-30.4.
__device__ inline float __cw_p_atan(float z) {
    float p = -0.060874335f;
    p = fmaf(p, z, 0.1059829f);
    p = fmaf(p, z, -0.14244299f);
    p = fmaf(p, z, 0.19998525f);
    p = fmaf(p, z, -0.33333316f);
    return p;
}

// Error 2^-29.5.
__device__ inline float __cw_p_erf(float z) {
    float p = -2.4942822e-06f;
    p = fmaf(p, z, 8.715367e-05f);
    p = fmaf(p, z, -0.0008127418f);
    p = fmaf(p, z, 0.005196273f);
    p = fmaf(p, z, -0.026856598f);
    p = fmaf(p, z, 0.11283632f);
    p = fmaf(p, z, -0.3761263f);
    p = fmaf(p, z, 0.12837917f);
    return p;
}

// Error 2^-33.8.
__device__ inline float __cw_p_erf_exponent(float z) {
    float p = 2.2625267e-05f;
    p = fmaf(p, z, -5.6301604e-05f);
    p = fmaf(p, z, 0.00044350012f);
    p = fmaf(p, z, -0.002152958f);
    p = fmaf(p, z, 0.010859649f);
    p = fmaf(p, z, 0.9438917f);
    p = fmaf(p, z, 5.3526797f);
    p = fmaf(p, z, 7.806815f);
    return p;
}

// Error 2^-24.9.
__device__ inline float __cw_p_erfcx(float z) {
    float p = 0.0001667278f;
    p = fmaf(p, z, -0.0009792094f);
    p = fmaf(p, z, 0.0046454333f);
    p = fmaf(p, z, -0.015768837f);
    p = fmaf(p, z, 0.037283767f);
    p = fmaf(p, z, -0.06654579f);
    p = fmaf(p, z, 0.093727045f);
    p = fmaf(p, z, -0.10099636f);
    p = fmaf(p, z, 0.06809564f);
    p = fmaf(p, z, 0.015376669f);
    p = fmaf(p, z, -0.13962103f);
    p = fmaf(p, z, 1.2329952f);
    return p;
}

// Error 2^-24.7.
__device__ inline float __cw_p_erfinv_near(float z) {
    float p = -3.8697274f;
    p = fmaf(p, z, 5.7123494f);
    p = fmaf(p, z, -3.2860312f);
    p = fmaf(p, z, 1.0652857f);
    p = fmaf(p, z, -0.105670325f);
    p = fmaf(p, z, 0.1021253f);
    p = fmaf(p, z, 0.12685938f);
    p = fmaf(p, z, 0.23202552f);
    return p;
}

// Error 2^-28.5.
__device__ inline float __cw_p_erfinv_middle(float z) {
    float p = 5.5002586e-10f;
    p = fmaf(p, z, -9.115932e-09f);
    p = fmaf(p, z, 1.5159925e-08f);
    p = fmaf(p, z, 4.6985494e-07f);
    p = fmaf(p, z, -3.420905e-06f);
    p = fmaf(p, z, -4.9769055e-06f);
    p = fmaf(p, z, 0.00021825563f);
    p = fmaf(p, z, -0.0012527242f);
    p = fmaf(p, z, -0.004177321f);
    p = fmaf(p, z, 0.24664028f);
    p = fmaf(p, z, 0.37640935f);
    return p;
}

// Error 2^-24.5.
__device__ inline float __cw_p_erfinv_outer(float z) {
    float p = 0.00010054492f;
    p = fmaf(p, z, -0.00011475953f);
    p = fmaf(p, z, -0.00036073467f);
    p = fmaf(p, z, 0.0011573414f);
    p = fmaf(p, z, -0.0019912887f);
    p = fmaf(p, z, 0.0029249494f);
    p = fmaf(p, z, -0.00429482f);
    p = fmaf(p, z, 0.005976187f);
    p = fmaf(p, z, 1.0046926f);
    p = fmaf(p, z, 1.0336366f);
    return p;
}

// Error 2^-25.8.
__device__ inline float __cw_p_erfinv_far(float z) {
    float p = -2.0270532e-09f;
    p = fmaf(p, z, 1.1029136e-08f);
    p = fmaf(p, z, -2.8166848e-08f);
    p = fmaf(p, z, 2.0946956e-07f);
    p = fmaf(p, z, -1.3572399e-06f);
    p = fmaf(p, z, 4.7356293e-06f);
    p = fmaf(p, z, 1.0685859e-05f);
    p = fmaf(p, z, -0.00050769356f);
    p = fmaf(p, z, 1.0083914f);
    p = fmaf(p, z, 7.0707183f);
    return p;
}
