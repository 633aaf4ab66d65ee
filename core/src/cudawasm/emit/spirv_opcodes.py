"""SPIR-V's instructions and enumerations, as far as we use them: one table for writing and for reading back.

The operands of an instruction are described by letters: t result type, r result, i id, n number, s string, v the value
of a constant of the result type, p (number, label) pairs of a switch, x an instruction of the extended set, and an
upper-case letter for a value of an enumeration. ``*`` after a letter: as many as there are. ``D`` and ``M`` take the
operands of the decoration or memory access with them.
"""

from __future__ import annotations

from dataclasses import dataclass

_TABLE = """
Undef 1 tr|Name 5 is|MemberName 6 ins|String 7 rs|Line 8 inn|Extension 10 s|ExtInstImport 11 rs|ExtInst 12 trixi*
MemoryModel 14 AY|EntryPoint 15 Gisi*|ExecutionMode 16 iEn*|Capability 17 C|TypeVoid 19 r|TypeBool 20 r|TypeInt 21 rnn
TypeFloat 22 rn|TypeVector 23 rin|TypeArray 28 rii|TypeStruct 30 ri*|TypePointer 32 rSi|TypeFunction 33 rii*
ConstantTrue 41 tr|ConstantFalse 42 tr|Constant 43 trv|ConstantComposite 44 tri*|ConstantNull 46 tr
SpecConstant 50 trv|SpecConstantComposite 51 tri*|Function 54 trUi|FunctionParameter 55 tr
FunctionEnd 56|FunctionCall 57 trii*|Variable 59 trSi*
Load 61 triM|Store 62 iiM|AccessChain 65 trii*|Decorate 71 iD|MemberDecorate 72 inD
CompositeConstruct 80 tri*|CompositeExtract 81 trin*|CompositeInsert 82 triin*|ConvertFToU 109 tri
ConvertFToS 110 tri|ConvertSToF 111 tri|ConvertUToF 112 tri|UConvert 113 tri|SConvert 114 tri|FConvert 115 tri
ConvertUToPtr 120 tri|Bitcast 124 tri|SNegate 126 tri|FNegate 127 tri|IAdd 128 trii
FAdd 129 trii|ISub 130 trii|FSub 131 trii|IMul 132 trii|FMul 133 trii|UDiv 134 trii|SDiv 135 trii|FDiv 136 trii
UMod 137 trii|SRem 138 trii|UMulExtended 151 trii|SMulExtended 152 trii
LogicalEqual 164 trii|LogicalNotEqual 165 trii|LogicalOr 166 trii|LogicalAnd 167 trii
LogicalNot 168 tri|Select 169 triii|IEqual 170 trii|INotEqual 171 trii|UGreaterThan 172 trii|SGreaterThan 173 trii
UGreaterThanEqual 174 trii|SGreaterThanEqual 175 trii|ULessThan 176 trii|SLessThan 177 trii|ULessThanEqual 178 trii
SLessThanEqual 179 trii|FOrdEqual 180 trii|FUnordNotEqual 183 trii|FOrdLessThan 184 trii|FOrdGreaterThan 186 trii
FOrdLessThanEqual 188 trii|FOrdGreaterThanEqual 190 trii|ShiftRightLogical 194 trii|ShiftRightArithmetic 195 trii
ShiftLeftLogical 196 trii|BitwiseOr 197 trii|BitwiseXor 198 trii|BitwiseAnd 199 trii|Not 200 tri|BitReverse 204 tri
BitCount 205 tri|ControlBarrier 224 iii|MemoryBarrier 225 ii|AtomicLoad 227 triii|AtomicStore 228 iiii
AtomicExchange 229 triiii|AtomicCompareExchange 230 triiiiii|AtomicIAdd 234 triiii|AtomicISub 235 triiii
AtomicSMin 236 triiii|AtomicUMin 237 triiii|AtomicSMax 238 triiii|AtomicUMax 239 triiii|AtomicAnd 240 triiii
AtomicOr 241 triiii|AtomicXor 242 triiii|Phi 245 tri*|LoopMerge 246 iiL|SelectionMerge 247 iF|Label 248 r
Branch 249 i|BranchConditional 250 iii|Switch 251 iip*|Return 253|ReturnValue 254 i
Unreachable 255
GroupNonUniformAll 334 trii|GroupNonUniformAny 335 trii|GroupNonUniformBallot 339 trii
GroupNonUniformShuffle 345 triii|AtomicFAddEXT 6035 triiii
"""


@dataclass(frozen=True, slots=True)
class Opcode:
    name: str
    number: int
    operands: str

    @property
    def has_result(self) -> bool:
        return "r" in self.operands


def _opcode(text: str) -> Opcode:
    name, number, *operands = text.split()
    return Opcode(name, int(number), operands[0] if operands else "")


OPCODES = {o.name: o for row in _TABLE.split("\n") if row for o in map(_opcode, row.split("|"))}
BY_NUMBER = {o.number: o for o in OPCODES.values()}

CAPABILITIES = {
    "Shader": 1, "Float16": 9, "Float64": 10, "Int64": 11, "Int64Atomics": 12, "Int16": 22, "Int8": 39,
    "GroupNonUniform": 61, "GroupNonUniformVote": 62, "GroupNonUniformBallot": 64, "GroupNonUniformShuffle": 65,
    "StorageBuffer16BitAccess": 4433, "StoragePushConstant16": 4435, "StorageBuffer8BitAccess": 4448,
    "StoragePushConstant8": 4450, "DenormPreserve": 4464, "SignedZeroInfNanPreserve": 4466, "RoundingModeRTE": 4467,
    "VulkanMemoryModel": 5345, "PhysicalStorageBufferAddresses": 5347, "AtomicFloat32AddEXT": 6033,
    "AtomicFloat64AddEXT": 6034,
}  # fmt: skip
STORAGE = {"Input": 1, "Workgroup": 4, "Function": 7, "PushConstant": 9, "PhysicalStorageBuffer": 5349}
DECORATIONS = {"SpecId": 1, "Block": 2, "BuiltIn": 11, "Aliased": 20, "Offset": 35, "NoContraction": 42}
BUILTINS = {"NumWorkgroups": 24, "WorkgroupSize": 25, "WorkgroupId": 26, "LocalInvocationId": 27, "SubgroupId": 40,
            "SubgroupLocalInvocationId": 41}  # fmt: skip
MODES = {"LocalSize": 17, "DenormPreserve": 4459, "SignedZeroInfNanPreserve": 4461, "RoundingModeRTE": 4462}
ACCESS = {"Volatile": 1, "Aligned": 2, "MakePointerAvailable": 8, "MakePointerVisible": 16, "NonPrivatePointer": 32}
SELECTION_CONTROL = {"None": 0, "Flatten": 1, "DontFlatten": 2}
LOOP_CONTROL = {"None": 0, "Unroll": 1, "DontUnroll": 2}
SEMANTICS = {"Acquire": 2, "Release": 4, "AcquireRelease": 8, "UniformMemory": 0x40, "WorkgroupMemory": 0x100,
             "MakeAvailable": 0x2000, "MakeVisible": 0x4000}  # fmt: skip
SCOPES = {"Device": 1, "Workgroup": 2, "Subgroup": 3, "QueueFamily": 5}
EXTENDED = {
    "RoundEven": 2, "Trunc": 3, "FAbs": 4, "Floor": 8, "Ceil": 9, "Sin": 13, "Cos": 14, "Exp2": 29, "Log2": 30,
    "Sqrt": 31, "InverseSqrt": 32, "UMin": 38, "SMin": 39, "UMax": 41, "SMax": 42, "Fma": 50, "FindUMsb": 75,
    "NMin": 79, "NMax": 80,
}  # fmt: skip
FUNCTION_CONTROL = {"None": 0, "Inline": 1, "DontInline": 2}
MEMORY_MODELS = {"GLSL450": 1, "Vulkan": 3}
ENUMERATIONS = {
    "A": {"PhysicalStorageBuffer64": 5348}, "Y": MEMORY_MODELS, "G": {"GLCompute": 5}, "C": CAPABILITIES,
    "S": STORAGE, "E": MODES, "D": DECORATIONS, "B": BUILTINS, "M": ACCESS, "L": LOOP_CONTROL, "F": SELECTION_CONTROL,
    "U": FUNCTION_CONTROL, "x": EXTENDED,
}  # fmt: skip
"""For each letter of an operand the names of its values."""

PHYSICAL_ADDRESSING, COMPUTE = 5348, 5
MAGIC, VERSION = 0x07230203, 0x00010500
"""SPIR-V 1.5, which every Vulkan 1.2 device takes."""
