package dev.understudy.ffm.ort;

/// What a tensor's elements are, with ONNX Runtime's own numbers.
public enum ElementType {
    /// None, or one that ONNX Runtime learned after this list was made.
    UNDEFINED(0), FLOAT(1), UINT8(2), INT8(3), UINT16(4), INT16(5), INT32(6), INT64(7), STRING(8), BOOL(9), FLOAT16(10),
    DOUBLE(11), UINT32(12), UINT64(13), COMPLEX64(14), COMPLEX128(15), BFLOAT16(16), FLOAT8E4M3FN(17),
    FLOAT8E4M3FNUZ(18), FLOAT8E5M2(19), FLOAT8E5M2FNUZ(20), UINT4(21), INT4(22), FLOAT4E2M1(23), UINT2(24), INT2(25),
    FLOAT8E8M0(26);

    final int number;

    ElementType(int number) {
        this.number = number;
    }

    static ElementType of(int number) {
        for (ElementType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return UNDEFINED;
    }
}
