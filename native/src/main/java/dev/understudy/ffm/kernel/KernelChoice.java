package dev.understudy.ffm.kernel;

/// Which kernel this process uses, and why. Immutable.
///
/// @param kernel the fastest kernel that works here
/// @param reason one line for the log
public record KernelChoice(FloatDiffKernel kernel, String reason) {
    private static final String MODULE = "jdk.incubator.vector";
    private static final int VECTOR_BITS_MIN = 256;

    /// The choice for this process, made once.
    public static KernelChoice here() {
        return Once.CHOICE;
    }

    private static KernelChoice choose() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return scalar("module " + MODULE + " is not present, --add-modules " + MODULE + " adds it");
        }
        String mode = System.getProperty("java.vm.info", "");
        if (mode.contains("interpreted") || mode.contains("emulated-client")) {
            return scalar("the optimizing compiler is off, which vectors need");
        }
        int bits = VectorDiffKernel.vectorBits();
        if (bits < VECTOR_BITS_MIN) {
            return scalar("vectors of " + bits + " bits are too narrow to gain from");
        }
        return new KernelChoice(new VectorDiffKernel(), "vector diff kernel, " + bits + " bits");
    }

    private static KernelChoice scalar(String why) {
        return new KernelChoice(FloatDiffKernel.scalar(), "scalar diff kernel: " + why);
    }

    private static final class Once {
        static final KernelChoice CHOICE = choose();
    }
}
