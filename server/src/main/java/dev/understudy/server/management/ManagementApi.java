package dev.understudy.server.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Evaluation;
import dev.understudy.journal.JournalException;
import dev.understudy.server.management.Endpoint.Access;
import dev.understudy.server.management.Endpoint.Action;
import dev.understudy.server.management.Endpoint.Cost;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Verdict;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The endpoints of the control plane, as functions from a call to an answer. Thread-safe.
final class ManagementApi {
    private static final String CHALLENGER = "/models/:model/challengers/:version";
    private static final int EVENTS_DEFAULT = 50;
    private static final int EVENTS_MAX = 1000;
    private static final int ELEMENTS_DEFAULT = 100_000;
    private static final int ELEMENTS_MAX = 1_000_000;

    private final ControlView view;
    private final MetricsPage metrics;
    private final StaticPages pages;
    private final FeedbackApi feedback;
    private final CriteriaApi criteria;

    ManagementApi(ControlView view, MetricsPage metrics, StaticPages pages) {
        this.view = view;
        this.metrics = metrics;
        this.pages = pages;
        this.feedback = new FeedbackApi(view);
        this.criteria = new CriteriaApi(view);
    }

    /// Every route there is.
    List<Endpoint> endpoints() {
        return List.of(open("/", _ -> new Answer.Text("text/html; charset=utf-8", pages.status())),
                open("/openapi.json", _ -> new Answer.Text(Replies.JSON, pages.openApi())),
                open("/metrics", _ -> new Answer.Text(Exposition.CONTENT_TYPE, metrics.scrape())),
                open("/health", _ -> HealthJson.answer(view.ready(), view.journal())),
                guarded(HttpMethod.GET, "/models", Cost.STATUS, Set.of(),
                        _ -> Answer.ok(StatusJson.models(view.status(), view.alerts()))),
                guarded(HttpMethod.GET, "/models/:model", Cost.STATUS, Set.of(),
                        call -> withModel(call, model -> Answer.ok(StatusJson.model(model)))),
                guarded(HttpMethod.GET, "/models/:model/sampling", Cost.STATUS, Set.of(),
                        call -> withModel(call, model -> rate(model.sampleRate()))),
                taking(HttpMethod.PUT, "/models/:model/sampling", Cost.JOURNAL, SamplingBody.BYTES_MAX,
                        this::setSampling),
                guarded(HttpMethod.GET, "/models/:model/criteria", Cost.STATUS, Set.of(),
                        call -> withModel(call, CriteriaApi::show)),
                taking(HttpMethod.PUT, "/models/:model/criteria", Cost.JOURNAL, CriteriaApi.BYTES_MAX, criteria::put),
                guarded(HttpMethod.DELETE, "/models/:model/criteria", Cost.JOURNAL, Set.of(), criteria::delete),
                guarded(HttpMethod.GET, "/models/:model/captures", Cost.JOURNAL, Set.of(), this::captures),
                guarded(HttpMethod.GET, "/models/:model/feedback", Cost.JOURNAL, Set.of(), call -> withModel(call,
                        model -> Answer.ok(FeedbackApi.counts(view.feedback(model.name()))))),
                taking(HttpMethod.POST, "/models/:model/feedback", Cost.FEEDBACK, FeedbackApi.BYTES_MAX,
                        feedback::post),
                guarded(HttpMethod.GET, "/models/:model/events", Cost.JOURNAL, Set.of("limit"), this::events),
                guarded(HttpMethod.GET, CHALLENGER, Cost.JOURNAL, Set.of(),
                        call -> withChallenger(call, this::challenger)),
                guarded(HttpMethod.GET, CHALLENGER + "/verdict", Cost.JOURNAL, Set.of("recompute"), this::verdict),
                guarded(HttpMethod.GET, CHALLENGER + "/comparisons", Cost.JOURNAL, ComparisonQuery.PARAMETERS,
                        this::comparisons),
                guarded(HttpMethod.GET, CHALLENGER + "/comparisons/:request_id", Cost.JOURNAL, Set.of("max_elements"),
                        this::capture),
                guarded(HttpMethod.GET, CHALLENGER + "/export", Cost.JOURNAL, Set.of("format"), this::export));
    }

    private static Endpoint open(String path, Action action) {
        return new Endpoint(HttpMethod.GET, path, Access.OPEN, Cost.STATUS, Set.of(), 0, action);
    }

    private static Endpoint guarded(HttpMethod method, String path, Cost cost, Set<String> parameters,
            Action action) {
        return new Endpoint(method, path, Access.GUARDED, cost, parameters, 0, action);
    }

    private static Endpoint taking(HttpMethod method, String path, Cost cost, int bodyBytesMax, Action action) {
        return new Endpoint(method, path, Access.GUARDED, cost, Set.of(), bodyBytesMax, action);
    }

    private interface WithModel {
        Answer answer(ModelStatus model) throws Exception;
    }

    private interface WithChallenger {
        Answer answer(ModelStatus model, Challenger challenger) throws Exception;
    }

    private interface WithPair {
        Answer answer(Pair pair, String label) throws Exception;
    }

    private Answer withModel(Call call, WithModel next) throws Exception {
        Optional<ModelStatus> model = view.status(call.inPath("model"));
        return model.isPresent() ? next.answer(model.get()) : unknownModel(call);
    }

    private static Answer unknownModel(Call call) {
        return Answer.error(404, "unknown model \"" + call.inPath("model") + "\"");
    }

    private Answer withChallenger(Call call, WithChallenger next) throws Exception {
        String name = call.inPath("version");
        return withModel(call, model -> switch (ChallengerLookup.find(model, name)) {
            case ChallengerLookup.Found found -> next.answer(model, found.challenger());
            case ChallengerLookup.Unknown() ->
                Answer.error(404, "model \"" + model.name() + "\" has no challenger \"" + name + "\"");
            case ChallengerLookup.Ambiguous ambiguous -> ambiguous(name, ambiguous.candidates());
        });
    }

    private static Answer ambiguous(String name, List<String> candidates) {
        Answer.Json answer = Answer.error(409,
                "\"" + name + "\" is the name of several challengers: " + String.join(", ", candidates));
        ArrayNode array = Answer.object().putArray("candidates");
        candidates.forEach(array::add);
        return new Answer.Json(answer.status(), ((ObjectNode) answer.body()).set("candidates", array));
    }

    private Answer withPair(Call call, WithPair next) throws Exception {
        return withChallenger(call, (model, challenger) -> {
            if (challenger.pair().isEmpty()) {
                return Answer.error(404, "model \"" + model.name() + "\" has no champion to compare with");
            }
            String label = model.name() + "-" + ChallengerLookup.fullName(challenger.version(), challenger.sha256());
            return next.answer(challenger.pair().get(), label);
        });
    }

    private static Answer rate(double rate) {
        return Answer.ok(Answer.object().put("rate", rate));
    }

    private Answer setSampling(Call call) throws Exception {
        return switch (SamplingBody.of(call.body())) {
            case SamplingBody.Invalid(String reason) -> Answer.error(400, reason);
            case SamplingBody.Valid(double rate) ->
                view.setSampling(call.inPath("model"), rate) ? rate(rate) : unknownModel(call);
        };
    }

    private Answer events(Call call) throws Exception {
        int limit = call.number("limit", EVENTS_DEFAULT, EVENTS_MAX);
        if (limit < 0) {
            return Answer.error(400, "limit must be a whole number within 1 and " + EVENTS_MAX);
        }
        return withModel(call, model -> Answer.ok(StatusJson.events(view.events(model.name(), limit))));
    }

    /// The account is known without the journal. Where that cannot be read, the verdict is the last one there was.
    private Answer challenger(ModelStatus model, Challenger challenger) {
        ObjectNode node = StatusJson.challenger(challenger).put("model", model.name());
        node.set("champion", StatusJson.champion(model));
        Optional<Evaluation> evaluation = Optional.empty();
        Optional<Verdict> verdict;
        try {
            if (challenger.pair().isPresent()) {
                evaluation = view.evaluation(challenger.pair().get());
            }
            verdict = view.verdict(challenger, false);
        } catch (JournalException e) {
            verdict = challenger.verdict();
        }
        node.set("verdict", VerdictJson.verdict(verdict));
        node.put("since", evaluation.map(known -> StatusJson.time(known.firstMillis())).orElse(null));
        return Answer.ok(node);
    }

    private Answer verdict(Call call) throws Exception {
        String recompute = call.inQuery("recompute");
        if (recompute != null && !recompute.equals("true") && !recompute.equals("false")) {
            return Answer.error(400, "recompute must be true or false");
        }
        return withChallenger(call, (model, challenger) -> {
            JsonNode sheet = VerdictJson.verdict(view.verdict(challenger, "true".equals(recompute)));
            if (sheet instanceof ObjectNode node) {
                node.set("noise_floor", NoiseJson.noise(model.noise()));
                // What is declared and not in force changes what is asked, and no line of the sheet shows it.
                model.alerts().forEach(node.putArray("alerts")::add);
            }
            return Answer.ok(sheet);
        });
    }

    private Answer comparisons(Call call) throws Exception {
        return switch (ComparisonQuery.of(call)) {
            case ComparisonQuery.Invalid(String reason) -> Answer.error(400, reason);
            case ComparisonQuery.Valid valid -> withPair(call, (pair, _) -> Answer.ok(ComparisonJson
                    .comparisons(view.comparisons(pair, valid.order(), valid.limit(), valid.segment()))));
        };
    }

    private Answer capture(Call call) throws Exception {
        int elementsMax = call.number("max_elements", ELEMENTS_DEFAULT, ELEMENTS_MAX);
        if (elementsMax < 0) {
            return Answer.error(400, "max_elements must be a whole number within 1 and " + ELEMENTS_MAX);
        }
        String requestId = call.inPath("request_id");
        return withPair(call, (pair, _) -> {
            Optional<Capture> capture = view.capture(pair, requestId);
            return capture.isEmpty()
                    ? Answer.error(404, "the tensors of request \"" + requestId + "\" are not kept")
                    : new Answer.Text(Replies.JSON, ComparisonJson.capture(capture.get(), elementsMax));
        });
    }

    private Answer export(Call call) throws Exception {
        String format = call.inQuery("format");
        if (format != null && !format.equals("parquet")) {
            return Answer.error(400, "format must be parquet");
        }
        return withPair(call, (pair, label) -> download("comparisons.parquet", "application/vnd.apache.parquet",
                label + ".parquet", file -> view.exportComparisons(pair, file)));
    }

    private Answer captures(Call call) throws Exception {
        return withModel(call, model -> download("journal.duckdb", "application/octet-stream",
                model.name() + "-captures.duckdb", file -> view.exportCaptures(model.name(), file)));
    }

    private interface Export {
        void write(Path file) throws Exception;
    }

    private static Answer download(String file, String contentType, String name, Export export) throws Exception {
        // Not the JDK's own choice, which is fixed before the program can name its folder.
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path folder = Files.createTempDirectory(temporary, "understudy-export-");
        Answer.Download download = new Answer.Download(folder.resolve(file), contentType, name);
        try {
            export.write(download.file());
            return download;
        } catch (Exception | Error e) {
            download.delete();
            throw e;
        }
    }
}
