package dev.understudy.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.understudy.models", importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyTest {
    @ArchTest
    static final ArchRule ONLY_GENERATING_NEEDS_A_TRAINER = noClasses().that()
            .haveNameNotMatching(".*\\.(Generate|Training)")
            .should()
            .transitivelyDependOnClassesThat()
            .resideInAPackage("org.tribuo..");
}
