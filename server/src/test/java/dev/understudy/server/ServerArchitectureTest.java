package dev.understudy.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// What the faces may know. The data plane knows nothing that holds a challenger's output.
class ServerArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.understudy");

    @Test
    void invariantI2TheDataPlaneKnowsNothingOfTheShadowSide() {
        noClasses().that().resideInAnyPackage("dev.understudy.server.codec", "dev.understudy.server.http").should()
                .dependOnClassesThat().resideInAnyPackage("dev.understudy.shadow", "dev.understudy.journal",
                        "dev.understudy.diff", "dev.understudy.verdict", "dev.understudy.server.management")
                .check(CLASSES);
    }

    @Test
    void theCodecKnowsRequestsAndTensorsOnly() {
        noClasses().that().resideInAPackage("dev.understudy.server.codec").should().dependOnClassesThat()
                .resideInAnyPackage("dev.understudy.engine", "dev.understudy.champion", "dev.understudy.runtime",
                        "dev.understudy.batch", "dev.understudy.roles", "dev.understudy.server.http")
                .check(CLASSES);
    }

    @Test
    void theControlPlaneDoesNotKnowTheDataPlaneNorTheCommandLine() {
        noClasses().that().resideInAPackage("dev.understudy.server.management").should().dependOnClassesThat()
                .resideInAnyPackage("dev.understudy.server.http", "dev.understudy.server.codec", "dev.understudy.cli..")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNoFace() {
        noClasses().that().resideInAnyPackage("dev.understudy.engine", "dev.understudy.champion",
                "dev.understudy.shadow", "dev.understudy.runtime").should().dependOnClassesThat()
                .resideInAnyPackage("dev.understudy.server..", "dev.understudy.cli..").check(CLASSES);
        assertTrue(CLASSES.contain("dev.understudy.server.http.HttpDataPlane"), "nothing was looked at");
    }
}
