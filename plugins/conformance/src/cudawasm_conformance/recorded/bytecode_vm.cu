// A small stack machine: every thread runs the same bytecode on its own input, with calls, loops and local memory.
// Dispatch is a switch with fallthrough inside a loop; errors leave through goto, and the trace hash is recorded.
#include <cstdint>

enum class Opcode : uint8_t {
    Halt, Push8, Push32, Dup, Swap, Over, Drop, Add, Sub, Mul, Div, Mod, And, Xor, Less, Not, Jump, JumpIf, Call,
        Return,
    Load, Store, Input, Emit,
};
enum Status : int { RUNNING, HALTED, STACK_ERROR, DIVISION_BY_ZERO, BAD_OPCODE, OUT_OF_FUEL };

class Machine {
    static constexpr int DEPTH = 16, CALLS = 8, MEMORY = 8;
    int32_t stack_[DEPTH];
    uint8_t returns_[CALLS];
    int32_t memory_[MEMORY] = {};
    int32_t* top_ = stack_;  // one past the uppermost value
    uint8_t* call_top_ = returns_;
    const uint8_t* code_;

    __device__ static int32_t wrap(uint32_t v) { return static_cast<int32_t>(v); }
    __device__ bool has(int n) const { return top_ - stack_ >= n; }
    __device__ bool room() const { return top_ < stack_ + DEPTH; }

public:
    __device__ explicit Machine(const uint8_t* code) : code_(code) {}

    __device__ Status run(int32_t input, int fuel, uint32_t& hash, int& steps) {
        const uint8_t* pc = code_;
        Status status = RUNNING;
        hash = 2166136261u;
        for (steps = 0; status == RUNNING; ++steps) {
            if (steps == fuel) {
                status = OUT_OF_FUEL;
                break;
            }
            const auto op = static_cast<Opcode>(*pc++);
            int32_t literal = 0;
            switch (op) {
            case Opcode::Halt: status = HALTED; break;
            case Opcode::Push32:
                for (int k = 3; k > 0; --k) literal = wrap(static_cast<uint32_t>(literal) << 8 | pc[k]);
                literal = wrap(static_cast<uint32_t>(literal) << 8);
                pc += 4, literal |= pc[-4];
                goto push;
            case Opcode::Push8: literal = static_cast<int8_t>(*pc++); goto push;
            case Opcode::Input: literal = input; goto push;
            case Opcode::Load: literal = memory_[*pc++ % MEMORY]; goto push;
            case Opcode::Over:
            case Opcode::Dup:
                if (const int down = op == Opcode::Over ? 2 : 1; has(down))
                    literal = top_[-down];
                else
                    goto bad_stack;
                [[fallthrough]];
            push:
                if (!room()) goto bad_stack;
                *top_++ = literal;
                break;
            case Opcode::Store:
                if (!has(1)) goto bad_stack;
                memory_[*pc++ % MEMORY] = *--top_;
                break;
            case Opcode::Swap: {
                if (!has(2)) goto bad_stack;
                const int32_t t = top_[-1];
                top_[-1] = top_[-2], top_[-2] = t;
                break;
            }
            case Opcode::Emit:
                if (!has(1)) goto bad_stack;
                hash = (hash ^ static_cast<uint32_t>(top_[-1])) * 16777619u;
                [[fallthrough]];
            case Opcode::Drop:
                if (!has(1)) goto bad_stack;
                --top_;
                break;
            case Opcode::Not:
                if (!has(1)) goto bad_stack;
                top_[-1] = !top_[-1];
                break;
            case Opcode::Jump: pc = code_ + *pc; break;
            case Opcode::JumpIf:
                if (!has(1)) goto bad_stack;
                pc = *--top_ ? code_ + *pc : pc + 1;
                break;
            case Opcode::Call:
                if (call_top_ - returns_ == CALLS) goto bad_stack;
                *call_top_++ = static_cast<uint8_t>(pc + 1 - code_);
                pc = code_ + *pc;
                break;
            case Opcode::Return:
                if (call_top_ == returns_) goto bad_stack;
                pc = code_ + *--call_top_;
                break;
            default: {
                if (op < Opcode::Add || op > Opcode::Less) {
                    status = BAD_OPCODE;
                    break;
                }
                if (!has(2)) goto bad_stack;
                const uint32_t b = *--top_, a = *--top_;
                int32_t r = 0;
                switch (op) {
                case Opcode::Add: r = wrap(a + b); break;
                case Opcode::Sub: r = wrap(a - b); break;
                case Opcode::Mul: r = wrap(a * b); break;
                case Opcode::Mod:
                case Opcode::Div:
                    if (b == 0 || (b == ~0u && a == 0x80000000u)) {
                        status = DIVISION_BY_ZERO;
                        continue;
                    }
                    r = op == Opcode::Div ? wrap(a) / wrap(b) : wrap(a) % wrap(b);
                    break;
                case Opcode::And: r = wrap(a & b); break;
                case Opcode::Xor: r = wrap(a ^ b); break;
                default: r = wrap(a) < wrap(b);
                }
                *top_++ = r;
            }
            }
        }
        return status;
    bad_stack:
        return STACK_ERROR;
    }
    __device__ int32_t peek() const { return top_ > stack_ ? top_[-1] : 0; }
};

__global__ void interpret(const uint8_t* code, const int32_t* inputs, int fuel, int4* results, int n) {
    extern __shared__ uint8_t cached[];
    for (int k = threadIdx.x; k < 256; k += blockDim.x) cached[k] = code[k];
    __syncthreads();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        Machine machine(cached);
        uint32_t hash;
        int steps = 0;
        const Status status = machine.run(inputs[i], fuel, hash, steps);
        results[i] = {status, machine.peek(), static_cast<int>(hash), steps};
    }
}
