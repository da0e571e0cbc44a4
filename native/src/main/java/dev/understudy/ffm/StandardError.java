package dev.understudy.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Gives the process its stderr back after a quiet start.
///
/// The JVM announces every incubating module on stderr before the first line of the program runs, and has no switch
/// against it. The launcher therefore starts the JVM with stderr closed off and the real one kept as a second
/// descriptor, named by the system property [#PROPERTY]; the program's first act is to put it back.
public final class StandardError {
    /// The number of the descriptor that holds the real stderr; absent when stderr was left alone.
    public static final String PROPERTY = "understudy.stderr";

    private static final int STDERR = 2;

    private StandardError() {}

    /// Makes descriptor 2 the real stderr again. Does nothing when it was left alone. Call it once, before anything is
    /// written to stderr and before any thread is started.
    @SuppressWarnings("restricted")
    public static void restore() {
        Integer kept = Integer.getInteger(PROPERTY);
        if (kept == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        try {
            MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            MethodHandle close = linker.downcallHandle(linker.defaultLookup().findOrThrow("close"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            if ((int) dup2.invokeExact(kept.intValue(), STDERR) == STDERR) {
                int closed = (int) close.invokeExact(kept.intValue());
                assert closed == 0 : "descriptor " + kept + " was open a moment ago";
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        System.clearProperty(PROPERTY);
    }
}
