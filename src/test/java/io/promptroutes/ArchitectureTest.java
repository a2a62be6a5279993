package io.promptroutes;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.promptroutes.prompt.Json;

/** Who may know whom: what a prompt, a choice or a sum of money is stands by itself, adapters know Camel, routes bind them. */
@AnalyzeClasses(packages = "io.promptroutes", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule subjectsKnowNoCamel = noClasses()
            .that().resideInAnyPackage("..prompt..", "..cost..", "..routing..", "..training..", "..openrouter..", "..flow..", "..publish..", "..file..", "..telemetry..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule moneyAndPromptsKnowNoHttp = noClasses()
            .that().resideInAnyPackage("..prompt..", "..cost..", "..routing..", "..publish..", "..file..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.hc..", "java.net.http..", "io.vertx..");

    @ArchTest
    static final ArchRule simulatorIsAWorldOfItsOwn = classes().that().resideInAPackage("..simulator..")
            .should().onlyDependOnClassesThat(resideInAnyPackage("io.promptroutes.simulator..", "java..", "io.vertx..", "io.netty..", "com.fasterxml.jackson..")
                    .or(DescribedPredicate.describe("Json", type -> type.isEquivalentTo(Json.class)))
                    .or(DescribedPredicate.describe("arrays of primitives", type -> type.getBaseComponentType().isPrimitive())));

    @ArchTest
    static final ArchRule onlyTheCommandLineStartsTheSimulator = noClasses()
            .that().resideOutsideOfPackages("..cli..", "..check..", "..simulator..")
            .should().dependOnClassesThat(resideInAPackage("io.promptroutes.simulator.."));

    @ArchTest
    static final ArchRule nobodyDependsOnTheCommandLine = noClasses().that().resideOutsideOfPackage("..cli..")
            .should().dependOnClassesThat(resideInAPackage("io.promptroutes.cli.."));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles = slices().matching("io.promptroutes.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule eachLayerKnowsOnlyThoseBelow = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("prompt").definedBy("io.promptroutes.prompt..")
            .layer("cost").definedBy("io.promptroutes.cost..")
            .layer("openrouter").definedBy("io.promptroutes.openrouter..")
            .layer("routing").definedBy("io.promptroutes.routing..")
            .layer("training").definedBy("io.promptroutes.training..")
            .layer("ledger").definedBy("io.promptroutes.ledger..")
            .layer("kafka").definedBy("io.promptroutes.kafka..")
            .layer("flow").definedBy("io.promptroutes.flow..")
            .layer("telemetry").definedBy("io.promptroutes.telemetry..")
            .layer("publish").definedBy("io.promptroutes.publish..")
            .layer("file").definedBy("io.promptroutes.file..")
            .layer("route").definedBy("io.promptroutes.route..")
            .layer("settings").definedBy("io.promptroutes.settings..")
            .layer("check").definedBy("io.promptroutes.check..")
            .layer("management").definedBy("io.promptroutes.management..")
            .layer("cli").definedBy("io.promptroutes.cli..")
            .whereLayer("prompt").mayNotAccessAnyLayer()
            .whereLayer("cost").mayOnlyAccessLayers("prompt")
            .whereLayer("openrouter").mayOnlyAccessLayers("prompt", "cost")
            .whereLayer("routing").mayOnlyAccessLayers("prompt", "cost")
            .whereLayer("training").mayOnlyAccessLayers("prompt", "routing")
            .whereLayer("training").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("ledger").mayOnlyAccessLayers("prompt", "cost")
            .whereLayer("flow").mayOnlyAccessLayers("prompt", "cost", "openrouter", "routing", "ledger")
            .whereLayer("kafka").mayOnlyAccessLayers("prompt", "flow")
            .whereLayer("telemetry").mayOnlyAccessLayers("prompt", "cost", "openrouter", "routing", "flow", "ledger")
            .whereLayer("publish").mayOnlyAccessLayers("prompt", "cost", "openrouter", "routing", "flow", "ledger")
            .whereLayer("file").mayOnlyAccessLayers("prompt", "flow")
            .whereLayer("route").mayOnlyAccessLayers("prompt", "cost", "openrouter", "routing", "flow", "publish", "file", "ledger", "telemetry")
            .whereLayer("settings").mayOnlyBeAccessedByLayers("check", "management", "cli")
            .whereLayer("check").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("management").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("cli").mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule camelIsForAdaptersAlone = classes()
            .that(DescribedPredicate.describe("use Camel", type -> type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(dependency -> dependency.getTargetClass().getPackageName().startsWith("org.apache.camel"))))
            .should().resideInAnyPackage("io.promptroutes.route", "io.promptroutes.kafka", "io.promptroutes.settings", "io.promptroutes.check",
                    "io.promptroutes.management", "io.promptroutes.cli");
}
