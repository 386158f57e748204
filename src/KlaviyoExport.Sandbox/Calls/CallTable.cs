using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Calls;

/// <summary>All calls that the sandbox supports.</summary>
internal static class CallTable
{
    public static IReadOnlyList<Call> All { get; } =
    [
        .. AccountCalls.All,
        .. ListCalls.All,
        .. MemberCalls.All,
        .. ImportCalls.All,
        .. ImportResultCalls.All,
        .. ProfileCalls.All,
        .. SubscriptionCalls.All,
    ];

    /// <summary>Finds a call, or the methods that the path supports (none for an unknown path).</summary>
    public static (Call? Call, IReadOnlyDictionary<string, string> Route, IReadOnlyList<string> Allowed) Find(string method, string path)
    {
        var matches = All.Select(call => (Call: call, Route: call.Match(path))).Where(m => m.Route is not null).ToList();
        var match = matches.Find(m => m.Call.Method == method);
        return match.Call is not null
            ? (match.Call, match.Route!, [])
            : (null, new Dictionary<string, string>(), [.. matches.Select(m => m.Call.Method)]);
    }
}
