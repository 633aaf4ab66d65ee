// assert: may be included again after NDEBUG was defined or undefined, as in C.
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(...) ((__VA_ARGS__) ? (void)0 : __cw_assert_failed(#__VA_ARGS__))
#endif
