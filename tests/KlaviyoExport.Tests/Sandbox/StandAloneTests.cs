using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox;

public sealed class StandAloneTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sandbox-alone");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Accepted_profiles_survive_a_kill()
    {
        var data = Path.Combine(_folder.FullName, "sandbox.data");
        using (var first = SandboxProcess.Run("--url", "http://127.0.0.1:0", "--dataFile", data, "--jobPace", "1.00:00:00"))
        {
            using var client = await Connect(first);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/profile-bulk-import-jobs")
            {
                Content = SandboxSession.Json(Imports.Of(PracticeStore.WinBack, Imports.Emails(20))),
            };
            request.Headers.TryAddWithoutValidation("Authorization", $"Klaviyo-API-Key {PracticeStore.FullKey}");
            request.Headers.Add("revision", "2026-07-15");
            using var accepted = await client.SendAsync(request, Cancellation);
            Assert.Equal(202, (int)accepted.StatusCode);
            first.Kill();
            await first.WaitForExitAsync(Cancellation);
        }
        using var second = SandboxProcess.Run("--url", "http://127.0.0.1:0", "--dataFile", data, "--jobPace", "1.00:00:00");
        try
        {
            using var client = await Connect(second);
            using var finished = await client.PostAsync("/sandbox/jobs/finish", null, Cancellation);
            var members = await client.GetFromJsonAsync<JsonElement>($"/sandbox/state/lists/{PracticeStore.WinBack}/members", Cancellation);
            Assert.Equal(Imports.Emails(20), members.EnumerateArray().Select(m => m.GetProperty("email").GetString()!));
        }
        finally
        {
            second.Kill();
        }
    }

    [Theory]
    [InlineData("--url", "http://0.0.0.0:0", "on this machine")]
    [InlineData("--jobPace", "soon", "JobPace")]
    public async Task An_invalid_option_ends_the_program_with_a_message(string name, string value, string message)
    {
        using var process = SandboxProcess.Run(name, value);
        Assert.Contains(message, await process.StandardError.ReadToEndAsync(Cancellation), StringComparison.OrdinalIgnoreCase);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(1, process.ExitCode);
    }

    private static async Task<HttpClient> Connect(Process process) =>
        new() { BaseAddress = new Uri(await process.AddressAsync(Cancellation)) };
}
