"""Kernels of one program are lowered one by one: what happens to one does not change another."""

import pytest

from cudawasm.errors import CompileError
from cudawasm.frontend.prelude import IMAGE_NAMES, enter_prelude
from cudawasm.frontend.program import Program
from cudawasm.frontend.sema import Sema
from cudawasm.ir.text import print_module

SOURCE = b"""
__device__ int last(int x) { return x + 1; }
__device__ int first(int x) { return last(x); }
__global__ void refused(int* o) { *o = first(1); virtual_call(); }
__global__ void fine(int* o) { *o = first(2); }
"""


def test_a_refused_kernel_leaves_what_it_called_to_the_others():
    program = Program(SOURCE, "k.cu")
    with pytest.raises(CompileError):
        program.lower("refused")
    assert {"first", "last", "fine"} <= set(program.lower("fine").module.functions)
    assert print_module(program.lower("fine").module) == print_module(Program(SOURCE, "k.cu").lower("fine").module)


def test_a_member_without_an_object_has_a_size():
    source = b"""
    struct Pack {
      int payload[4];
      __device__ int get() const { static_assert(sizeof(payload) == 16, ""); return payload[1]; }
    };
    __global__ void k(int* o) { Pack p = {}; *o = p.get() + sizeof(Pack::payload); }
    """
    assert "k" in Program(source, "k.cu").lower("k").module.functions


def test_of_kernel_templates_the_one_that_takes_the_arguments_is_lowered():
    source = b"""
    template <typename T, typename std::enable_if<std::is_same<T, double>::value, int>::type = 0>
    __global__ void k(T* o) { *o = 1; }
    template <typename T, typename std::enable_if<std::is_same<T, float>::value, int>::type = 0>
    __global__ void k(T* o) { *o = 2; }
    """
    for name in ("k<float>", "k<double>"):
        assert Program(source, "k.cu").lower(name).params[0].cxx_type in ("float*", "double*")
    with pytest.raises(CompileError):
        Program(source, "k.cu").lower("k<int>")


def test_the_error_in_a_function_that_was_tried_as_a_constant_is_told():
    source = b"""
    __device__ constexpr int bad(int x) { return x + ; }
    __global__ void k(int* o) { const int n = bad(3); *o = n; }
    """
    with pytest.raises(CompileError, match=r"k\.cu:2:54: error\[E0202\]: expected an expression"):
        Program(source, "k.cu").lower("k")


def test_an_include_with_an_endless_name_is_not_found():
    program = Program(b"#include <" + b"x" * 5000 + b">\n__global__ void k() {}", "k.cu")
    assert "k" in program.lower("k").module.functions


def test_a_program_goes_on_with_namespaces_that_cuda_declares():
    source = b"""
    namespace std { template <typename T> struct mine { typedef T type; }; }
    namespace cuda { namespace std { inline constexpr int answer = 42; } }
    namespace cuda { inline constexpr int number = 1; }
    __global__ void k(std::mine<int>::type* o) {
      *o = std::min(1, 2) + cuda::std::max(3, 4) + cuda::std::answer + cuda::number + std::numeric_limits<int>::max();
    }
    """
    assert "k" in Program(source, "k.cu").lower("k").module.functions


def test_a_namespace_of_another_one_is_not_gone_on_with():
    source = b"""
    namespace outer { namespace std { inline constexpr int answer = 42; } }
    __global__ void k(int* o) { *o = outer::std::min(1, 2); }
    """
    with pytest.raises(CompileError, match="'min' is not declared in 'std'"):
        Program(source, "k.cu").lower("k")


def test_a_program_specialises_a_template_of_std():
    source = b"""
    struct Mine {};
    namespace std { template <> struct numeric_limits<Mine> { static constexpr int digits = 7; }; }
    template <typename T> struct twice { static constexpr int value = 2 * std::numeric_limits<T>::digits; };
    __global__ void k(int* o) {
      static_assert(twice<Mine>::value == 14 && twice<int>::value == 62, "");
      *o = 1;
    }
    """
    assert "k" in Program(source, "k.cu").lower("k").module.functions


def test_operators_of_classes_that_enumerations_convert_to_are_not_asked():
    source = b"""
    #include <cuda_fp16.h>
    #include <cuda_bf16.h>
    enum Category { NONE, SOME };
    struct Mine { int x; Mine(Category c) : x(c) {} };
    __device__ bool operator<(Mine a, Mine b) { return false; }
    template <typename T> struct traits { static constexpr Category category = SOME; };
    __global__ void k(int* o) {
      static_assert(traits<int>::category == SOME && NONE < SOME && (NONE | SOME) == 1, "");
      if constexpr (traits<int>::category == NONE) *o = 1; else *o = traits<float>::category != NONE;
    }
    """
    assert "k" in Program(source, "k.cu").lower("k").module.functions


def test_programs_that_share_a_shipped_header_are_lowered_in_turns():
    source = b"""
    #include <cub/cub.cuh>
    template <int N> __global__ void k(int* o) { *o = cub::DivideAndRoundUp(*o, N) + cub::Log2<N>::VALUE; }
    """
    first = Program(source, "k.cu")
    lowered = print_module(first.lower("k<1>").module)
    Program(b"struct Between { int x; };" + source, "k.cu").lower("k<2>")
    assert print_module(first.lower("k<1>").module) == lowered
    assert first.lower("k<3>").display == "k<3>"


def test_overloaded_kernels_are_named_with_the_types_of_their_parameters():
    source = b"""
    namespace n { typedef int word; struct P { word x; };
    __global__ void k(word* o) { *o = 1; }
    __global__ void k(const P* o, const float by) { }
    template <typename T> __global__ void t(T* o) { }
    template <typename T> __global__ void t(T* o, T by) { } }
    __global__ void alone(int* o) { }
    """
    program = Program(source, "k.cu")
    assert [k.name for k in program.kernels] == ["n::k(int*)", "n::k(const n::P*, float)", "n::t", "alone"]
    for name, count in {
        "n::k(int*)": 1,
        "n::k(word *)": 1,
        "n::k(const P*, float)": 2,
        "n::t<int>(int*, int)": 2,
    }.items():
        assert len(program.lower(name).params) == count
    for name in ("n::k", "n::t<int>", "n::k(double*)", "n::t<int>(float*)"):
        with pytest.raises(CompileError, match="E0222"):
            program.lower(name)


def test_every_function_of_images_brings_their_header():
    sema = Sema()
    enter_prelude(sema, fast_math=False)
    scope = sema.global_scope.used[-1]
    others = (set(scope.unread) | set(scope.names)) - IMAGE_NAMES
    assert scope.local("tex2D")
    assert {name for name in scope.names if not name.startswith("__cw_")} - others == IMAGE_NAMES


def test_static_variables_of_functions_are_each_functions_own():
    source = b"""
        template <int n> __device__ int count() { static __device__ int calls = n; return calls++; }
        __device__ int other() {
            { static __device__ int calls = 7; calls++; }
            static __device__ int calls;
            return calls++;
        }
        __global__ void k(int* o) { o[0] = count<1>() + count<2>() + other() + count<1>(); }
        __global__ void only(int* o) { o[0] = count<2>(); }
    """
    names = [var.name for var in Program(source).lower("k").module.globals]
    assert len(names) == len(set(names)) == 4
    (alone,) = Program(source).lower("only").module.globals  # another run: the same variable by the same name
    assert alone.name in names


def test_template_arguments_hold_operators_and_references():
    source = b"""#include <type_traits>
        template <class T, class E = void> struct kind { static const int v = 0; };
        template <class T>
        struct kind<T, std::enable_if_t<std::is_integral<T>::value && std::is_signed<T>::value>> {
            static const int v = 1;
        };
        template <class T>
        struct kind<T, std::enable_if_t<std::is_pointer<T>::value || !std::is_integral<T>::value>> {
            static const int v = 2;
        };
        template <class T> struct reference { static const int v = 0; };
        template <class T> struct reference<T&&> { static const int v = 1; };
        template <class T> const int variable = 0;
        template <class T> const int variable<T&&> = 1;
        template <class T, class = std::enable_if_t<std::is_integral<T>::value && std::is_signed<T>::value>>
        __device__ constexpr int pick(T) { return 1; }
        template <class T, std::enable_if_t<!std::is_integral<T>::value && sizeof(T) == 4, int> = 0>
        __device__ constexpr int pick(T) { return 2; }
        template <int a, int b> struct between { static const bool v = a < b && b > a; };
        static_assert(kind<int>::v == 1 && kind<unsigned>::v == 0 && kind<float>::v == 2 && kind<int*>::v == 2);
        static_assert(reference<int&&>::v == 1 && reference<int&>::v == 0);
        static_assert(variable<int&&> == 1 && variable<int> == 0);
        static_assert(std::is_same_v<std::remove_reference_t<int&&>, int>);
        static_assert(pick(1) == 1 && pick(1.0f) == 2 && between<1, 2>::v);
        __global__ void k() {}
    """
    assert Program(source).lower("k").kernel == "k"
