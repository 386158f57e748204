namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>Prints how to use the sandbox.</summary>
internal static class Greeting
{
    public static void Print(TextWriter to, Uri address, SandboxOptions options)
    {
        to.WriteLine($"The sandbox Klaviyo listens at {address}");
        to.WriteLine(options.DataFile is { } file ? $"It keeps its data in {Path.GetFullPath(file)}" : "It keeps its data in memory only.");
        foreach (var account in options.Accounts)
        {
            to.WriteLine();
            to.WriteLine($"{account.OrganizationName} ({account.Id})");
            foreach (var key in account.Keys)
                to.WriteLine($"  key   {key.Key}  {key.Name}");
            foreach (var list in account.Lists)
                to.WriteLine($"  list  {list.Id}  {list.Name}");
        }
        foreach (var app in options.Apps)
            to.WriteLine($"\nOAuth app {app.Name}: client id {app.ClientId}, secret {app.ClientSecret}");
    }
}
