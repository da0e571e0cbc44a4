package dev.understudy.runtime;

import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.ffm.cuda.CudaStream;
import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A lane on a GPU, made by [CudaLanes]: every session has a stream of its own, all of one priority. Thread-safe.
///
/// Its threads only enqueue and wait, at normal priority in both lanes: one that is stopped inside the driver may hold a lock
/// that the other lane's launches need.
public final class CudaLane implements Lane {
    private static final String CPU_PROVIDER = "CPUExecutionProvider";
    private static final int OPERATORS_NAMED_MAX = 5;

    private final String name;
    private final CudaContext context;
    private final CudaSettings settings;
    private final Streams streams;
    private final long bytesMax;
    private final Consumer<String> notes;
    private final Activity activity = new Activity();
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /// What has been loaded since a census began.
    private static final class Watch {
        final Queue<StreamTime> times = new ConcurrentLinkedQueue<>();
    }

    /// Makes streams of the lane's priority.
    @FunctionalInterface
    interface Streams {
        CudaStream create() throws CudaFailure;
    }

    /// @param name     part of its threads' names: `champion` or `challenger`
    /// @param bytesMax what a session's tensors may take of the GPU's memory; 0 for no limit
    /// @param notes    told of what there is to say about a model that was loaded, in one sentence
    CudaLane(String name, CudaContext context, CudaSettings settings, Streams streams, long bytesMax,
            Consumer<String> notes) {
        this.name = name;
        this.context = context;
        this.settings = settings;
        this.streams = streams;
        this.bytesMax = bytesMax;
        this.notes = notes;
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public boolean onGpu() {
        return true;
    }

    @Override
    public void handedOver() {
        // The GPU itself takes the greater priority first.
    }

    /// One: what is left to the processors on the way is little, and threads that wait for each other disturb both lanes.
    @Override
    public int intraOpThreads(int instances) {
        return 1;
    }

    @Override
    public Thread start(String what, Runnable body) {
        return Thread.ofPlatform().name("understudy-" + name + "-" + what).daemon(true).start(() -> {
            try {
                context.makeCurrent();
            } catch (CudaFailure e) {
                // A context that is lost. The body is about to load or to run something, and that failure somebody hears of.
            }
            body.run();
        });
    }

    @Override
    public OrtInstance load(String what, Path file, int intraOpThreads, TensorDeclarations declared)
            throws ModelLoadException {
        StreamTime time = new StreamTime();
        OrtInstance instance;
        try {
            StreamPlace stream = new StreamPlace(context, streams.create(), time);
            instance = OrtInstance.loadOnStream(file, declared, stream,
                    settings.provider(stream.handle(), bytesMax));
        } catch (CudaFailure e) {
            DeviceHealth.check();
            throw new ModelLoadException("the GPU's driver refuses what it needs: " + e.getMessage());
        }
        try {
            tellFallback(what, instance.operatorsByProvider());
        } catch (ModelLoadException | RuntimeException | Error e) {
            instance.close();
            throw e;
        }
        watches.forEach(watch -> watch.times.add(time));
        return instance;
    }

    /// Says which operators run on the processors, or refuses the model for it.
    ///
    /// @param operators of each of ONNX Runtime's execution providers
    void tellFallback(String what, Map<String, List<String>> operators) throws ModelLoadException {
        List<String> onCpu = operators.getOrDefault(CPU_PROVIDER, List.of());
        if (onCpu.isEmpty()) {
            return;
        }
        int all = operators.values().stream().mapToInt(List::size).sum();
        String sentence = onCpu.size() + " of its " + all + " operators run on the processor, not on the GPU: "
                + named(onCpu);
        if (!settings.cpuFallback()) {
            throw new ModelLoadException(sentence + " (cpu_fallback: false)");
        }
        notes.accept(what + ": " + sentence);
    }

    private static String named(List<String> operators) {
        Map<String, Long> counts = operators.stream()
                .collect(Collectors.groupingBy(operator -> operator, TreeMap::new, Collectors.counting()));
        List<String> first = new ArrayList<>();
        counts.entrySet().stream().limit(OPERATORS_NAMED_MAX)
                .forEach(entry -> first.add(entry.getKey() + " (" + entry.getValue() + ")"));
        return String.join(", ", first) + (counts.size() > OPERATORS_NAMED_MAX ? ", ..." : "");
    }

    /// Of the sessions that are loaded meanwhile.
    @Override
    public Census census() {
        Watch watch = new Watch();
        watches.add(watch);
        return () -> {
            watches.remove(watch);
            List<StreamTime> since = List.copyOf(watch.times);
            return new DeviceTime() {
                @Override
                public long nanos() {
                    return since.stream().mapToLong(StreamTime::nanos).sum();
                }

                @Override
                public Optional<SessionMemory> memory() {
                    return since.stream().map(StreamTime::memory).flatMap(Optional::stream).reduce(SessionMemory::plus);
                }
            };
        };
    }
}
