package dev.understudy.ffm.ort;

/// ONNX Runtime refused a call or failed in it. Carries no stack trace: mostly it is a model or an input that is at fault,
/// not the program.
public final class OrtFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int INVALID_ARGUMENT = 2;

    private final int code;
    private final String text;

    OrtFailure(int code, String text) {
        super(text, null, false, false);
        this.code = code;
        this.text = text;
    }

    /// ONNX Runtime's own words, which may name files and positions in its sources.
    public String text() {
        return text;
    }

    /// True for ORT_INVALID_ARGUMENT, which on the processors also a pinned output of the wrong shape gives.
    public boolean isInvalidArgument() {
        return code == INVALID_ARGUMENT;
    }
}
