package dev.understudy.runtime;

import dev.understudy.ffm.Scheduling;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.WarmupSample;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Examines model files in a child process, so that one that crashes ONNX Runtime, eats the memory or never returns does
/// so there. Not thread-safe; owned by the thread that examines. The child is started when needed and serves until
/// [#close], so that many models cost one start.
public final class Probation implements AutoCloseable {
    /// Behind everything else on the machine, and yet sure to get on.
    private static final int NICENESS = 19;

    private final List<String> command;
    private final Duration timeMax;
    private @Nullable Child child;

    /// A running child and its streams.
    private record Child(Process process, DataOutputStream questions, DataInputStream outcomes) {}

    /// Probation by this program.
    ///
    /// @param timeMax how long one model may take
    /// @param cuda    the GPU to try models on, in a context of the child's own; empty for the processors
    public Probation(Duration timeMax, Optional<CudaSettings> cuda) {
        this(ownCommand(cuda), timeMax);
    }

    /// Probation by another program that speaks the same words, for tests of the boundary.
    Probation(List<String> command, Duration timeMax) {
        this.command = List.copyOf(command);
        this.timeMax = timeMax;
    }

    private static List<String> ownCommand(Optional<CudaSettings> cuda) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-CreateCoredumpOnCrash",
                "-XX:+SuppressFatalErrorMessage", "-Xmx1g", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(OrtNatives.childOptions());
        // The child is killed in the end, so what its libraries leave in a temporary folder must be in one we remove.
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ProbationChild.class.getName()));
        cuda.ifPresent(settings -> command.addAll(settings.arguments()));
        return command;
    }

    /// Loads and tries the model in the child. Blocks; never throws for a fault of the model.
    ///
    /// A child that was killed from outside, as the system does when memory runs short, says little about the model, so it
    /// gets a second try.
    ///
    /// @param champion whether it may become one; a challenger on a GPU is held to the challengers' limit of memory
    /// @param declared what its configuration says of its tensors
    /// @param samples  what it must be able to run
    public ProbationOutcome examine(Path file, boolean champion, int intraOpThreads, TensorDeclarations declared,
            List<WarmupSample> samples) {
        ProbationWire.Question question = new ProbationWire.Question(file.toString(), champion, intraOpThreads,
                declared,
                samples);
        return ask(question).or(() -> ask(question)).orElseGet(() -> refused(
                "its probation process was killed (signal 9), twice; the machine may be short of memory"));
    }

    /// The child's answer, or what became of the child; empty when somebody killed it.
    private Optional<ProbationOutcome> ask(ProbationWire.Question question) {
        Child running;
        try {
            running = running();
        } catch (IOException e) {
            String cause = String.valueOf(e.getMessage()).replaceFirst("^Cannot run program \"[^\"]*\": ", "");
            return Optional.of(refused("the probation process cannot be started: " + cause));
        }
        CompletableFuture<ProbationWire.Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                ProbationWire.write(running.questions(), question);
                answer.complete(ProbationWire.readAnswer(running.outcomes()));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            ProbationWire.Answer found = answer.get(timeMax.toNanos(), TimeUnit.NANOSECONDS);
            if (found.last()) {
                kill();
            }
            return Optional.of(found.outcome());
        } catch (TimeoutException e) {
            kill();
            return Optional.of(refused("it did not load and warm up within " + timeMax.toSeconds() + " s"));
        } catch (ExecutionException e) {
            return crashed(running.process());
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            return Optional.of(refused("the server stopped during its probation"));
        }
    }

    private Optional<ProbationOutcome> crashed(Process process) {
        int code = -1;
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                code = process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        ExitStatus status = new ExitStatus(code);
        return status.killed()
                ? Optional.empty()
                : Optional.of(refused(
                        "it crashed the probation process while loading or warming up (" + status.text() + ")"));
    }

    private static ProbationOutcome refused(String reason) {
        return new ProbationOutcome.Refused(reason, Optional.empty());
    }

    private Child running() throws IOException {
        Child current = child;
        if (current == null || !current.process().isAlive()) {
            Process process = startBehindOthers();
            current = new Child(process, new DataOutputStream(new BufferedOutputStream(process.getOutputStream())),
                    new DataInputStream(new BufferedInputStream(process.getInputStream())));
            child = current;
        }
        return current;
    }

    /// Starts the child by a thread of the least niceness, which all of the child's threads inherit. The child may run Java
    /// that far behind, since it holds up nobody's safepoints but its own.
    private Process startBehindOthers() throws IOException {
        FutureTask<Process> start = new FutureTask<>(() -> {
            // Refused only to who asks for more than it has.
            var unused = Scheduling.nice(0, NICENESS);
            return new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
        });
        Thread.ofPlatform().name("understudy-probation-start").start(start);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return start.get();
                } catch (InterruptedException e) {
                    // The child will be there in a moment, and must be known then to be killed.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("the probation process did not start", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void kill() {
        Child current = child;
        child = null;
        if (current != null) {
            current.process().destroyForcibly();
        }
    }

    /// Ends the child, if one runs; the next examination starts another.
    @Override
    public void close() {
        kill();
    }
}
