package dev.understudy;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The import rule: which package of the engine may know which. The shadow side can hurt the answer only through code the
/// champion's side calls, so the champion's side must not know it.
class ArchitectureTest {
    private static final String ROOT = "dev.understudy.";
    private static final Set<String> SHADOW_SIDE = Set.of("shadow", "diff", "journal", "verdict");

    /// Every package, and what it may import.
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("ffm", Set.of()),
            Map.entry("models", Set.of()),
            Map.entry("ffm.kernel", Set.of("ffm")),
            Map.entry("ffm.ort", Set.of("ffm")),
            Map.entry("ffm.cuda", Set.of("ffm")),
            Map.entry("tensor", Set.of()),
            Map.entry("model", Set.of("tensor", "model.triton")),
            Map.entry("model.triton", Set.of()),
            Map.entry("infer", Set.of("tensor")),
            Map.entry("runtime", Set.of("model", "tensor", "ffm", "ffm.ort", "ffm.cuda")),
            Map.entry("checkup", Set.of("runtime", "ffm", "ffm.cuda", "ffm.ort")),
            Map.entry("batch", Set.of("infer", "runtime", "tensor")),
            Map.entry("champion", Set.of("batch", "infer", "model", "runtime", "tensor")),
            Map.entry("diff", Set.of("tensor", "model", "ffm.kernel")),
            Map.entry("verdict", Set.of("diff", "model")),
            Map.entry("journal", Set.of("diff", "verdict", "model", "infer", "tensor")),
            Map.entry("shadow", Set.of("batch", "infer", "model", "tensor", "runtime", "ffm", "diff", "verdict",
                    "journal")),
            Map.entry("roles", Set.of("model", "verdict")),
            Map.entry("engine",
                    Set.of("batch", "champion", "checkup", "diff", "ffm", "ffm.cuda", "infer", "journal", "model",
                            "roles", "runtime",
                            "shadow", "tensor", "verdict")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.understudy");

    @Test
    void everyPackageImportsOnlyWhatItMay() {
        Set<String> violations = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String from = packageOf(type);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                String to = packageOf(target);
                boolean tap = from.equals("shadow") && target.getSimpleName().equals("Mirror");
                boolean allowed = to.isEmpty() || to.equals(from) || tap
                        || MAY_IMPORT.getOrDefault(from, Set.of()).contains(to);
                if (!allowed) {
                    violations.add(type.getName() + " -> " + target.getName());
                }
            }
        }
        assertTrue(violations.isEmpty(), () -> "imports against the rule: " + violations);
    }

    @Test
    void everyPackageStandsInTheRule() {
        Set<String> unknown = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            unknown.add(packageOf(type));
        }
        unknown.removeAll(MAY_IMPORT.keySet());
        assertTrue(unknown.isEmpty(), () -> "packages without a rule: " + unknown);
    }

    @Test
    void invariantI1TheServeLineNeverReachesTheShadowSide() {
        Map<String, Set<String>> imports = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            Set<String> reached = imports.computeIfAbsent(packageOf(type), name -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().forEach(d -> reached.add(packageOf(d.getTargetClass())));
        }
        assertTrue(reachable("shadow", imports).containsAll(SHADOW_SIDE), "nothing was looked at");
        for (String packageName : Set.of("champion", "batch", "runtime", "infer", "model", "tensor")) {
            Set<String> reached = reachable(packageName, imports);
            for (String shadow : SHADOW_SIDE) {
                assertFalse(reached.contains(shadow), packageName + " reaches " + shadow + ": " + reached);
            }
        }
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> imports) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(Set.of(from));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                open.addAll(imports.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }

    @Test
    void onlyRuntimeKnowsOnnxRuntime() {
        Set<String> violations = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                if (dependency.getTargetClass().getPackageName().startsWith("ai.onnxruntime")
                        && !packageOf(type).equals("runtime")) {
                    violations.add(type.getName());
                }
            }
        }
        assertTrue(violations.isEmpty(), () -> "use ONNX Runtime outside runtime: " + violations);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.understudy.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
    }
}
