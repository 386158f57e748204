using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace KlaviyoExport.Web.Tests.Api;

[Trait(Needs.Trait, Needs.Time)]
public sealed class OpenApiTests(DemoApi demo)
{
    /// <summary>Set it to write docs/openapi.json anew.</summary>
    private const string Write = "KLAVIYO_EXPORT_WRITE_OPENAPI";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_in_docs_is_that_of_the_application()
    {
        var served = JsonNode.Parse(await DocumentAsync())!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
        var path = Path.Combine(Repository.Root, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable(Write) is not null)
            await File.WriteAllTextAsync(path, served, Cancel);

        Assert.True(served == await File.ReadAllTextAsync(path, Cancel), $"Run this test with {Write}=1 and commit docs/openapi.json.");
    }

    [Fact]
    public async Task Every_operation_and_every_member_is_described()
    {
        var document = JsonNode.Parse(await DocumentAsync())!;

        Assert.All(
            document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()),
            operation =>
            {
                Assert.False(string.IsNullOrEmpty((string?)operation.Value!["summary"]));
                Assert.False(string.IsNullOrEmpty((string?)operation.Value["operationId"]));
            }
        );
        Assert.All(
            new[] { "ExportResource", "RunResource", "ExportInput", "LedgerResource", "StatusItem" },
            name => Assert.False(string.IsNullOrEmpty((string?)document["components"]!["schemas"]![name]!["description"]), name)
        );
    }

    [Fact]
    public async Task A_client_generated_from_the_document_alone_runs_an_export()
    {
        var document = await OpenApiDocument.FromJsonAsync(await DocumentAsync(), Cancel);
        var source = new CSharpClientGenerator(
            document,
            new CSharpClientGeneratorSettings
            {
                ClassName = "Client",
                UseBaseUrl = false,
                CSharpGeneratorSettings = { Namespace = "Generated", JsonLibrary = CSharpJsonLibrary.SystemTextJson },
            }
        ).GenerateFile();
        var type = Compile(source).GetType("Generated.Client")!;
        var app = await demo.StartAsync();
        var actor = await demo.ActorAsync(Role.Administrator);
        var token = await app
            .Services.GetRequiredService<ApiTokens>()
            .CreateAsync(actor, actor.Id, new NewApiToken("generated", Role.Operator, ApiScopes.Read | ApiScopes.Run, 1), Cancel);
        using var http = new HttpClient { BaseAddress = demo.App.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Secret);
        dynamic client = Activator.CreateInstance(type, http)!;

        var exports = await client.ListExportsAsync("Newsletter readers to Klaviyo", null, null, null);
        int id = Enumerable.First(exports.Items).Id;
        var run = await client.StartRunAsync(id, null, "generated-1", "wait=60");

        Assert.True((bool)run.IsFinal);
        Assert.True((bool)run.Ledger.AddsUp);
        Assert.Equal(3147, (long)run.Ledger.Members);
    }

    [Fact]
    public async Task The_page_to_try_it_is_for_people_who_are_signed_in_and_keeps_the_content_security_policy()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var stranger = app.Open();
        using var person = await app.SignInAsync(Role.Viewer);

        Assert.StartsWith("/sign-in", app.LeadsTo(await stranger.GetAsync("/api/docs/")), StringComparison.Ordinal);
        var page = await person.GetAsync("/api/docs/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        var html = await page.Content.ReadAsStringAsync(Cancel);

        Assert.DoesNotContain("unsafe-inline", policy.Split("script-src")[1].Split(';')[0], StringComparison.Ordinal);
        Assert.Contains($"nonce=\"{nonce}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "nonce-",
            (await person.GetAsync("/")).Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    private async Task<string> DocumentAsync()
    {
        using var http = new HttpClient { BaseAddress = (await demo.StartAsync()).Address };
        return await http.GetStringAsync(new Uri("/api/openapi/v1.json", UriKind.Relative), Cancel);
    }

    private static Assembly Compile(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Generated",
            [CSharpSyntaxTree.ParseText(source, cancellationToken: Cancel)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly, cancellationToken: Cancel);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(5)));
        return Assembly.Load(assembly.ToArray());
    }
}
