using System.Text.Json;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Telemetry;

[Collection<MeasuredRuns>]
[Trait(Needs.Trait, Needs.Process)]
public sealed class TelemetryTests(MeasuredRun measured)
{
    private const string Calls = "KlaviyoExport.Klaviyo";
    private const string Runs = "KlaviyoExport.Runs";

    private Ledger Ledger => measured.Run.Ledger;

    [Fact]
    public void An_execution_of_a_run_is_a_trace_with_its_stages_and_their_calls()
    {
        var executions = measured.Spans.Where(span => span is { Scope: Runs, Name: "run" }).ToList();
        var stages = measured.Spans.Where(span => span.Scope == Runs && span.Name.StartsWith("stage ", StringComparison.Ordinal)).ToList();
        var calls = measured.Spans.Where(span => span.Scope == Calls).ToList();

        Assert.Equal(["1", "2"], executions.Select(span => span.Attributes["klaviyo_export.run.execution"]).Order());
        Assert.Equal(2, executions.Select(span => span.TraceId).Distinct().Count());
        Assert.All(executions, span => Assert.Equal("", span.ParentId));
        Assert.All(stages, span => Assert.Contains(executions, run => run.Id == span.ParentId && run.TraceId == span.TraceId));
        Assert.Equal(["prepare", "send", "confirm", "remove", "close"], stages.Select(StageOf).Distinct());
        // Klaviyo is unavailable while batches are sent or confirmed. The second execution resumes at that stage.
        var failed = Assert.Single(stages, stage => stage.IsError);
        Assert.Equal(
            [("1", "prepare"), ("1", StageOf(failed)), ("2", StageOf(failed)), ("2", "close")],
            executions
                .OrderBy(ExecutionOf)
                .SelectMany(run =>
                    stages.Where(stage => stage.ParentId == run.Id).Select(stage => (ExecutionOf(run), StageOf(stage))).ToList()
                        is [var first, .., var last]
                        ? new[] { first, last }
                        : []
                )
        );
        Assert.NotEmpty(calls);
        Assert.All(calls, span => Assert.Contains(stages, stage => stage.Id == span.ParentId && stage.TraceId == span.TraceId));
        Assert.All(
            executions.Concat(stages),
            span =>
                Assert.Equal(
                    ($"{measured.Run.Id}", $"{measured.Run.ExportId}"),
                    (span.Attributes["klaviyo_export.run.id"], span.Attributes["klaviyo_export.export.id"])
                )
        );

        static string StageOf(OtlpSpan span) => span.Attributes["klaviyo_export.stage"];

        static string ExecutionOf(OtlpSpan span) => span.Attributes["klaviyo_export.run.execution"];
    }

    [Fact]
    public void The_span_of_an_attempt_has_its_endpoint_status_and_number()
    {
        var imports = measured.Spans.Where(span => span.Name == "POST bulk_import_profiles").ToList();
        var refused = Assert.Single(imports, span => span.Attributes["http.response.status_code"] == "429");

        Assert.Equal(measured.Batches, imports.Count(span => span.Attributes["http.response.status_code"] == "202"));
        Assert.True(refused.IsError);
        Assert.Equal(("bulk_import_profiles", "1", "429"), Facts(refused));
        Assert.Single(imports, span => span.Attributes["klaviyo_export.attempt"] == "2");
        Assert.All(
            imports,
            span =>
                Assert.Contains(
                    measured.Spans.First(stage => stage.Id == span.ParentId).Attributes["klaviyo_export.stage"],
                    new[] { "prepare", "send" }
                )
        );

        static (string, string, string) Facts(OtlpSpan span) =>
            (span.Attributes["klaviyo_export.endpoint"], span.Attributes["klaviyo_export.attempt"], span.Attributes["error.type"]);
    }

    [Fact]
    public void A_failed_execution_says_what_kind_of_exception_ended_it()
    {
        var failed = measured.Spans.Where(span => span.Scope == Runs && span.IsError).ToList();

        Assert.Equal(2, failed.Count);
        Assert.Single(failed, span => span.Name == "run");
        Assert.Single(failed, span => span.Name is "stage send" or "stage confirm");
        Assert.All(failed, span => Assert.Equal("KlaviyoExport.Klaviyo.KlaviyoUnavailableException", span.Attributes["error.type"]));
    }

    [Fact]
    public void A_request_of_a_page_has_its_route_and_nothing_of_its_address()
    {
        var requests = measured.Spans.Where(span => span.Scope == "Microsoft.AspNetCore").ToList();

        Assert.Equal(["/setup/{Token}", "/sign-in"], requests.Select(span => span.Attributes["http.route"]).Order(StringComparer.Ordinal));
        Assert.All(
            requests,
            span =>
                Assert.DoesNotContain(
                    span.Attributes.Keys,
                    key => key.StartsWith("url.", StringComparison.Ordinal) || key.Contains("address", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void The_metrics_count_what_the_ledger_counts()
    {
        Assert.Equal(RunState.CompletedWithWarnings, measured.Run.State);
        Assert.True(Ledger is { Accepted: > 50, Refused: 1, WithoutEmail: 1, Invalid: 1, Duplicate: 1, Removed: 3 });
        Assert.Equal(
            new SortedDictionary<string, double>
            {
                ["accepted"] = Ledger.Accepted,
                ["refused"] = Ledger.Refused,
                ["without_email"] = Ledger.WithoutEmail,
                ["invalid"] = Ledger.Invalid,
                ["duplicate"] = Ledger.Duplicate,
            },
            new SortedDictionary<string, double>(
                Points("klaviyo_export.profiles")
                    .Where(point => point.Value > 0)
                    .ToDictionary(point => point.Attributes["klaviyo_export.profile.outcome"], point => point.Value)
            )
        );
        Assert.Equal(Ledger.Removed, Points("klaviyo_export.profiles.removed").Single().Value);
        var run = Points("klaviyo_export.runs").Single(point => point.Value > 0);
        Assert.Equal(
            (1, "completed_with_warnings", "person"),
            (run.Value, run.Attributes["klaviyo_export.run.state"], run.Attributes["klaviyo_export.run.trigger"])
        );
        Assert.Equal(1, Points("klaviyo_export.run.retries").Single().Value);
    }

    [Fact]
    public void The_metrics_count_calls_batches_and_waits()
    {
        Assert.Equal(1, Points("klaviyo_export.call.rate_limited").Single().Value);
        Assert.Equal(measured.Spans.Count(span => span.Scope == Calls), Points("klaviyo_export.call.duration").Sum(point => point.Count));
        Assert.True(
            Points("klaviyo_export.call.limiter_wait").Sum(point => point.Count)
                >= Points("klaviyo_export.call.duration").Sum(point => point.Count)
        );
        Assert.Equal(measured.Batches, Points("klaviyo_export.batch.duration").Single().Count);
        Assert.Equal(
            (1, "s"),
            (Points("klaviyo_export.run.queue_wait").Single().Count, Points("klaviyo_export.run.queue_wait").Single().Unit)
        );
        Assert.Equal(1, Points("klaviyo_export.run.duration").Single().Count);
    }

    [Theory]
    [InlineData("klaviyo_export.call.in_flight")]
    [InlineData("klaviyo_export.jobs.open")]
    [InlineData("klaviyo_export.node.runs")]
    public void Nothing_is_under_way_when_the_run_has_ended(string metric) => Assert.Equal(0, Points(metric).Sum(point => point.Value));

    [Fact]
    public void Prometheus_gets_the_same_numbers()
    {
        Assert.Equal(
            (Ledger.Accepted, Ledger.Removed, 1, 1, measured.Batches),
            (
                (long)measured.Scrape.Sum("klaviyo_export_profiles_total", "klaviyo_export_profile_outcome", "accepted"),
                (long)measured.Scrape.Sum("klaviyo_export_profiles_removed_total"),
                (int)measured.Scrape.Sum("klaviyo_export_runs_total", "klaviyo_export_run_state", "completed_with_warnings"),
                (int)measured.Scrape.Sum("klaviyo_export_call_rate_limited_total"),
                (int)measured.Scrape.Sum("klaviyo_export_batch_duration_seconds_count")
            )
        );
        Assert.Contains("http_server_request_duration_seconds_count", measured.Scrape.Names);
    }

    [Fact]
    public void What_has_not_happened_yet_is_counted_as_zero() =>
        Assert.Equal([0, 0, 0], measured.Scrape.Of("klaviyo_export_runs_total", "klaviyo_export_run_state", "failed_permanent"));

    [Fact]
    public void Nothing_that_leaves_the_process_has_personal_data_a_key_or_a_link()
    {
        foreach (
            var secret in (string[])
                [
                    "shop.example",
                    "async-fail",
                    "at home",
                    "xxxxx",
                    PracticeStore.FullKey,
                    MeasuredRun.OneTimeLink,
                    MeasuredRun.Token,
                    "returnUrl",
                    "secret-browser",
                    "127.0.0.1",
                ]
        )
            Assert.DoesNotContain(secret, measured.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_resource_names_the_product_its_version_and_the_process()
    {
        Assert.Equal("klaviyo-export", measured.Resource["service.name"]);
        Assert.Matches(@"^\d+\.\d+", measured.Resource["service.version"]);
        Assert.Contains(
            Environment.MachineName[..Math.Min(40, Environment.MachineName.Length)],
            measured.Resource["service.instance.id"],
            StringComparison.Ordinal
        );
        Assert.Equal(["Bearer of-the-collector"], measured.Authorizations);
    }

    [Fact]
    public void A_log_entry_of_a_run_has_its_run_batch_and_trace()
    {
        var lines = measured
            .Log.Split('\n')
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        var traces = measured.Spans.Where(span => span.Name == "run").Select(span => span.TraceId).ToList();
        // A message of the room that knows no runs.
        var limited = Assert.Single(lines, line => Template(line).Contains("rate limited by Klaviyo", StringComparison.Ordinal));
        var properties = limited.GetProperty("Properties");

        Assert.Equal(
            (measured.Run.Id, measured.Run.ExportId, true),
            (
                properties.GetProperty("RunId").GetInt32(),
                properties.GetProperty("ExportId").GetInt32(),
                traces.Contains(limited.GetProperty("TraceId").GetString()!)
            )
        );
        Assert.InRange(properties.GetProperty("Batch").GetInt32(), 1, measured.Batches);
        Assert.True(properties.GetProperty("BatchId").GetInt64() > 0);
        Assert.DoesNotContain("shop.example", measured.Log, StringComparison.OrdinalIgnoreCase);

        static string Template(JsonElement line) => line.GetProperty("MessageTemplate").GetString()!;
    }

    private List<OtlpPoint> Points(string name) => [.. measured.Points.Where(point => point.Name == name)];
}
