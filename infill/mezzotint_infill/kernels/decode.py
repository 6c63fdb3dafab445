"""FP8 and 4-bit weights to bfloat16, exactly, without a conversion instruction.

Four bytes lie in a register, and two bfloat16 numbers in another, so bits are moved for two or
four weights at once, and one multiply-add for two finishes them: 10 instructions for four FP8
weights, 11 for eight of 4 bits. Triton by itself would widen each on its own, in 32 bits. All of it
is in cards from 8.0 on. Triton's interpreter cannot run PTX and takes the long way.
"""

from mezzotint_infill.kernels.language import IN_PYTHON, Block, constant, constexpr, jit, tl

# Of a byte s eeee mmm, bfloat16 has s at the top and eeee mmm from bit 10 down to 4:
# shifted right by 4 from where the byte lies on top of 16 bits. Its exponent then counts from
# 2**-120 times as much as e4m3's, subnormal numbers included: 0x7B80 is 2**120.
E4M3 = constant(
    """
    {
    .reg .b32 a, b, s, t, zero, large, minus;
    mov.b32 zero, 0;
    mov.b32 large, 0x7B807B80;
    mov.b32 minus, 0x80008000;
    prmt.b32 a, $2, zero, 0x1404;
    prmt.b32 b, $2, zero, 0x3424;
    shr.b32 s, a, 4;
    and.b32 s, s, 0x07F007F0;
    and.b32 t, a, 0x80008000;
    or.b32 s, s, t;
    fma.rn.bf16x2 $0, s, large, minus;
    shr.b32 s, b, 4;
    and.b32 s, s, 0x07F007F0;
    and.b32 t, b, 0x80008000;
    or.b32 s, s, t;
    fma.rn.bf16x2 $1, s, large, minus;
    }
    """
)

# 0x4300 is bfloat16's 128, whose last bit is worth 1: with a nibble n below, it is 128 + n.
# 0x3F80 is 1, and 0xC308 is -136.
NIBBLES = constant(
    """
    {
    .reg .b32 low, high, a, base, one, minus;
    mov.b32 base, 0x43434343;
    mov.b32 one, 0x3F803F80;
    mov.b32 minus, 0xC308C308;
    and.b32 low, $4, 0x0F0F0F0F;
    shr.b32 high, $4, 4;
    and.b32 high, high, 0x0F0F0F0F;
    prmt.b32 a, low, base, 0x4140;
    fma.rn.bf16x2 $0, a, one, minus;
    prmt.b32 a, low, base, 0x4342;
    fma.rn.bf16x2 $1, a, one, minus;
    prmt.b32 a, high, base, 0x4140;
    fma.rn.bf16x2 $2, a, one, minus;
    prmt.b32 a, high, base, 0x4342;
    fma.rn.bf16x2 $3, a, one, minus;
    }
    """
)


@jit
def e4m3_values(byte: Block, dtype: constexpr):
    """Of bytes that are float8_e4m3fn; NaN, which no weight is, comes out as 480."""
    if IN_PYTHON:
        wide = byte.to(tl.uint32)
        bits = ((wide & 0x80) << 24) | ((wide & 0x7F) << 20)
        values = bits.to(tl.float32, bitcast=True) * 1.329227995784916e36
    else:
        values = tl.inline_asm_elementwise(
            E4M3, "=r,=r,r", [byte], dtype=tl.bfloat16, is_pure=True, pack=4
        )
    return values.to(dtype)


@jit
def nibble_values(byte: Block, dtype: constexpr):
    """``n - 8`` of the low and of the high nibbles n."""
    if IN_PYTHON:
        low = (byte & 15).to(tl.float32) - 8.0
        high = (byte >> 4).to(tl.float32) - 8.0
    else:
        low, high = tl.inline_asm_elementwise(
            NIBBLES,
            "=r,=r,=r,=r,r",
            [byte],
            dtype=(tl.bfloat16, tl.bfloat16),
            is_pure=True,
            pack=4,
        )
    return low.to(dtype), high.to(dtype)
