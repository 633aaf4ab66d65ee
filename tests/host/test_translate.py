from __future__ import annotations

from cudawasm.host.translate import translate


def translated(text: str) -> str:
    return translate(text, b"").partition("\n")[2]


def test_a_kernel_becomes_a_function_that_launches():
    found = translated("""template <class T, int N>
        __global__ void __launch_bounds__(64, 2) k(const T* a, T, float (*b)[N] = 0)
        {
            __shared__ T s[N];
        }
        int after;""")
    assert "__global__" not in found
    assert "launch_bounds" not in found
    assert "__shared__" not in found
    types = "decltype(a), decltype(cudawasm_argument_1), decltype(b)"
    assert f"{{__PRETTY_FUNCTION__, ::cudawasm::types_of<{types}>(), 2, cudawasm_unit_data, -1}}" in found
    assert "::cudawasm::call(cudawasm_kernel, a, cudawasm_argument_1, b);" in found
    assert found.partition("\nnamespace {")[0].count("\n") == 5


def test_launches_of_every_form():
    found = translated("""void f() {
        k<<<1, 2>>>(a, g(b));
        ns::k<float, (3 > 2)><<<dim3(1, 2), n, 0, s>>>(x);
        if (c) obj.p->k<<<grid, block>>>(); else table[i + 1]<<<1, 1>>>(y);
        (*pointer)<<<1, A<B<int>>::value>>>(z); spaced << <1, 2 >> > (z); }""")
    for expected in (
        "(::cudawasm::configure(1, 2), k(a, g(b)));",
        "(::cudawasm::configure(dim3(1, 2), n, 0, s), ns::k<float, (3 > 2)>(x));",
        "if (c) (::cudawasm::configure(grid, block), obj.p->k()); else (::cudawasm::configure(1, 1), table[i + 1](y));",
        "(::cudawasm::configure(1, A<B<int>>::value), (*pointer)(z));",
        "(::cudawasm::configure(1, 2), spaced  (z)); }",
    ):
        assert expected in found


def test_what_only_devices_run_has_no_body():
    found = translated("""struct S { int x; __device__ S(int v) : x{v}, y(v) { __syncthreads(); } int y;
        __device__ operator float() const { return __ldg(&x); }
        __host__ __device__ int twice() const { return 2 * x; } };
        __device__ __forceinline__ auto f(int a) -> int { return __popc(a); }
        __device__ int declared(int); __host__ int g() { return 3; }""")
    assert "__syncthreads" not in found
    assert "__ldg" not in found
    assert "__popc" not in found
    assert "S(int v) : x{v}, y(v) { __builtin_trap(); }" in found
    assert "twice() const { return 2 * x; }" in found
    assert "int declared(int);" in found
    assert "int g() { return 3; }" in found


def test_variables_in_device_memory_are_known_by_their_addresses():
    found = translated("""namespace a { namespace b { __constant__ float c[4] = {1, 2}; } __device__ int x, y = 2; }
        extern __device__ int elsewhere; static __device__ struct T { int v; } t;""")
    assert '{&c, sizeof(c), "a::b::c", cudawasm_unit_data};' in found
    assert '{&x, sizeof(x), "a::x", cudawasm_unit_data};' in found
    assert '{&y, sizeof(y), "a::y", cudawasm_unit_data};' in found
    assert "sizeof(elsewhere)" not in found


def test_system_headers_are_left_alone():
    header = '# 1 "/usr/include/x.h" 1 3 4\n__attribute__((__noinline__)) __device__ x;\n'
    text = f'# 1 "k.cu"\nint a;\n{header}# 2 "k.cu" 2\nint b;\n'
    assert translated(text) == text


def test_files_with_kernels_start_the_service_early():
    assert "::cudawasm::Presence" in translated("__global__ void k() {}")
    assert "::cudawasm::Presence" not in translated("__device__ void f() {} int g() { return 1; }")


def test_a_lambda_for_the_device_becomes_an_object_of_a_class():
    found = translated("""int before; template <class T, int N> __host__ void f(T* p, int n) {
        k<<<1, 2>>>([=] __device__ (auto i, const T& x) -> T { return __ldg(p + i) * N; }, n);
        auto g = [n, m{n + 1}] __host__ __device__ (int i) mutable {
            return n += i;
        };
    } int after;""")
    assert "__ldg" not in found
    declared, _, rest = " ".join(found.split()).partition("template <class T, int N>")
    assert "int before; namespace {" in declared
    assert "template <typename T, int N, typename cudawasm_type_p>" in declared
    assert "cudawasm_type_p p; template < typename cudawasm_auto_0 >" in declared
    assert "operator()( cudawasm_auto_0 i, const T& x ) const -> T { __builtin_trap(); } };" in declared
    assert "template <typename cudawasm_type_n, typename cudawasm_type_m>" in declared
    assert "return n += i;" in declared
    assert "<T, N, ::cudawasm::captured_t<decltype(p)>>{p}, n));" in rest
    assert "<::cudawasm::captured_t<decltype(n)>, ::cudawasm::initialised_t<decltype((n + 1))>>{n, n + 1}" in rest
    assert "int after;" in rest
    assert found.count("\n") == 7
