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
            .that().resideInAnyPackage("..prompt..", "..task..", "..training..", "..model..", "..call..", "..flow..", "..message..", "..file..", "..registry..", "..telemetry..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule moneyAndPromptsKnowNoHttp = noClasses()
            .that().resideInAnyPackage("..prompt..", "..task..", "..model..", "..message..", "..file..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.hc..", "java.net.http..", "io.vertx..");

    @ArchTest
    static final ArchRule simulatorIsAWorldOfItsOwn = classes().that().resideInAPackage("..simulator..")
            .should().onlyDependOnClassesThat(resideInAnyPackage("io.promptroutes.simulator..", "java..", "io.vertx..", "io.netty..", "com.fasterxml.jackson..")
                    .or(DescribedPredicate.describe("Json", type -> type.isEquivalentTo(Json.class)))
                    .or(DescribedPredicate.describe("arrays of primitives", type -> type.getBaseComponentType().isPrimitive())));

    @ArchTest
    static final ArchRule onlyTheCommandLineStartsTheSimulator = noClasses()
            .that().resideOutsideOfPackages("..cli..", "..ops..", "..simulator..")
            .should().dependOnClassesThat(resideInAPackage("io.promptroutes.simulator.."));

    @ArchTest
    static final ArchRule nobodyDependsOnTheCommandLine = noClasses().that().resideOutsideOfPackage("..cli..")
            .should().dependOnClassesThat(resideInAPackage("io.promptroutes.cli.."));

    @ArchTest
    static final ArchRule anApplicationNeedsNeitherCommandLineNorLoggingBackend = noClasses().that().resideOutsideOfPackage("..cli..")
            .should().dependOnClassesThat().resideInAnyPackage("picocli..", "org.jline..", "org.apache.logging..");

    @ArchTest
    static final ArchRule avroIsOptional = noClasses().that().haveNameNotMatching("io\\.promptroutes\\.registry\\.Avro.*")
            .should().dependOnClassesThat().resideInAPackage("org.apache.avro..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles = slices().matching("io.promptroutes.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule eachLayerKnowsOnlyThoseBelow = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("prompt").definedBy("io.promptroutes.prompt..")
            .layer("task").definedBy("io.promptroutes.task..")
            .layer("training").definedBy("io.promptroutes.training..")
            .layer("model").definedBy("io.promptroutes.model..")
            .layer("ledger").definedBy("io.promptroutes.ledger..")
            .layer("call").definedBy("io.promptroutes.call..")
            .layer("flow").definedBy("io.promptroutes.flow..")
            .layer("message").definedBy("io.promptroutes.message..")
            .layer("telemetry").definedBy("io.promptroutes.telemetry..")
            .layer("file").definedBy("io.promptroutes.file..")
            .layer("registry").definedBy("io.promptroutes.registry..")
            .layer("kafka").definedBy("io.promptroutes.kafka..")
            .layer("pipeline").definedBy("io.promptroutes.pipeline..")
            .layer("settings").definedBy("io.promptroutes.settings..")
            .layer("ops").definedBy("io.promptroutes.ops..")
            .layer("app").definedBy("io.promptroutes.app..")
            .layer("component").definedBy("io.promptroutes.component..")
            .layer("cli").definedBy("io.promptroutes.cli..")
            .whereLayer("prompt").mayNotAccessAnyLayer()
            .whereLayer("task").mayOnlyAccessLayers("prompt")
            .whereLayer("training").mayOnlyAccessLayers("prompt", "task")
            .whereLayer("model").mayOnlyAccessLayers("prompt")
            .whereLayer("ledger").mayOnlyAccessLayers("prompt", "model")
            .whereLayer("call").mayOnlyAccessLayers("prompt", "model")
            .whereLayer("flow").mayOnlyAccessLayers("prompt", "model", "ledger", "call")
            .whereLayer("message").mayOnlyAccessLayers("prompt", "model", "ledger", "call", "flow")
            .whereLayer("telemetry").mayOnlyAccessLayers("prompt", "model", "ledger", "call", "flow")
            .whereLayer("file").mayOnlyAccessLayers("prompt", "flow")
            .whereLayer("registry").mayOnlyAccessLayers("prompt", "call")
            .whereLayer("kafka").mayOnlyAccessLayers("prompt", "flow")
            .whereLayer("pipeline").mayOnlyAccessLayers("prompt", "task", "model", "ledger", "call", "flow", "message", "telemetry", "file")
            .whereLayer("training").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("settings").mayOnlyBeAccessedByLayers("ops", "app", "component", "cli")
            .whereLayer("ops").mayOnlyBeAccessedByLayers("app", "cli")
            .whereLayer("app").mayOnlyBeAccessedByLayers("component", "cli")
            .whereLayer("component").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("cli").mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule camelIsForAdaptersAlone = classes()
            .that(DescribedPredicate.describe("use Camel", type -> type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(dependency -> dependency.getTargetClass().getPackageName().startsWith("org.apache.camel"))))
            .should().resideInAnyPackage("io.promptroutes.pipeline", "io.promptroutes.kafka", "io.promptroutes.settings", "io.promptroutes.ops",
                    "io.promptroutes.app", "io.promptroutes.component", "io.promptroutes.cli");
}
