package dev.understudy.runtime;

import static dev.understudy.runtime.MakeBelieveStage.context;
import static dev.understudy.runtime.MakeBelieveStage.hold;

import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.WarmupSample;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The part of [MakeBelieveStage] with sessions that ONNX Runtime runs elsewhere than on their stream.
final class MakeBelieveStrays {
    private MakeBelieveStrays() {}

    /// Sessions of which ONNX Runtime is told half of what it takes to run on their stream are found out, whatever they
    /// are tried on.
    static void foundOut(Path folder, Path model) throws Exception {
        String elsewhere = "does not run it on the CUDA stream";
        hold(withoutItsStream(model, List.of()).contains(elsewhere), "one that made-up inputs suit is found out");
        Path seven = new TestGraph().input("in", DataType.FP32, "n", "length").output("out", DataType.FP32, "n", "2")
                .floats("weights", new float[14], 7, 2).node("out", "MatMul", List.of("in", "weights"))
                .write(folder.resolve("seven.onnx"));
        List<Tensor> recorded = List.of(Tensor.ofFloats("in", Shape.of(1, 7), new float[7]));
        hold(withoutItsStream(seven, List.of(WarmupSample.recorded(recorded))).contains(elsewhere),
                "one that a recorded request suits is found out");
        unproven(seven, recorded, elsewhere);
    }

    /// Why a session is refused of which ONNX Runtime is told half of what it takes to run on its stream.
    private static String withoutItsStream(Path model, List<WarmupSample> samples) throws Exception {
        try (CudaContext context = context();
                OrtInstance stray = stray(context, model)) {
            Trial.run(stray, samples);
            return "it was let in";
        } catch (ModelLoadException e) {
            return e.reason();
        }
    }

    /// What nothing suited before is found out by the first request that does, whichever line it is in.
    private static void unproven(Path model, List<Tensor> request, String elsewhere) throws Exception {
        try (CudaContext context = context();
                OrtInstance stray = stray(context, model)) {
            hold(!Trial.run(stray, List.of()).ran(), "nothing that is made up suits it");
            for (int i = 0; i < 2; i++) {
                String failure = failure(stray, request);
                hold(failure.contains(elsewhere), "its first request and those that follow fail: " + failure);
            }
            stray.requireStream();
            hold(false, "who asks is refused it");
        } catch (ModelLoadException e) {
            hold(e.reason().contains(elsewhere), "who asks then is refused it: " + e.reason());
        }
    }

    private static String failure(OrtInstance instance, List<Tensor> request) {
        try {
            return instance.runAlone(request).toString();
        } catch (RunFailedException e) {
            return e.reason();
        }
    }

    private static OrtInstance stray(CudaContext context, Path model) throws CudaFailure, ModelLoadException {
        StreamPlace stream = new StreamPlace(context, context.createStream(0), new StreamTime());
        Map<String, String> settings = new HashMap<>(CudaSettings.DEFAULT.provider(stream.handle(), 0));
        settings.remove("has_user_compute_stream");
        settings.remove("user_compute_stream");
        return OrtInstance.loadOnStream(model, TensorDeclarations.NONE, stream, settings);
    }
}
