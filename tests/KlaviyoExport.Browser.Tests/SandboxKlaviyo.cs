using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The sandbox of a demo, through its control API: its data and its faults.</summary>
internal sealed class SandboxKlaviyo(string address) : IDisposable
{
    public const string FullKey = "pk_practice00000000000000000000full01";
    public const string ReadOnlyKey = "pk_practice000000000000000readonly02";
    public const string SecondStoreKey = "pk_second0000000000000000000000full01";

    private static readonly JsonSerializerOptions GivenOnly = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http = new() { BaseAddress = new Uri(address) };

    public string Address => address;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The addresses on a list of the sandbox, in lower case and sorted.</summary>
    /// <param name="account">Null for the first account.</param>
    public async Task<IReadOnlyList<string>> MembersAsync(string list, string? account = null)
    {
        var of = account is null ? "" : $"?account={account}";
        using var members = await _http.GetFromJsonAsync<JsonDocument>($"/sandbox/state/lists/{list}/members{of}", Cancel);
        return
        [
            .. members!
                .RootElement.EnumerateArray()
                .Select(member => member.GetProperty("email").GetString()!.ToLowerInvariant())
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The last requests, of all accounts.</summary>
    public async Task<IReadOnlyList<Request>> RequestsAsync() =>
        (await _http.GetFromJsonAsync<List<Request>>("/sandbox/state/requests", Cancel))!;

    /// <summary>Adds a fault (see docs/sandbox.md) until <see cref="ClearFaultsAsync"/> removes it.</summary>
    public async Task BreakAsync(string kind, int? status = null, string? call = null, int? delayMs = null)
    {
        var fault = new
        {
            kind,
            status,
            call,
            delayMs,
        };
        using var answer = await _http.PostAsJsonAsync("/sandbox/faults", fault, GivenOnly, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    public async Task ClearFaultsAsync()
    {
        using var answer = await _http.DeleteAsync("/sandbox/faults", Cancel);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    /// <param name="Who">Account and the name of its key, or of the app that was let in.</param>
    internal sealed record Request(string Path, int Status, string? Who);
}
