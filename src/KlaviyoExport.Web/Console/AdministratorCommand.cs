using System.CommandLine;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>add-administrator</c>.</summary>
internal static class AdministratorCommand
{
    private const string PasswordVariable = "KLAVIYO_EXPORT_PASSWORD";

    public static Command Build(CommandContext context)
    {
        var email = new Argument<string>("email") { Description = "The email address with which the person signs in." };
        var name = new Option<string?>("--name") { Description = "The display name. Default: the part of the address before the @." };
        var password = new Option<string?>("--password-file")
        {
            Description = $"A file with the password. Default: the variable {PasswordVariable}.",
        };
        return context.Doing(
            new Command(
                "add-administrator",
                "Adds an administrator who signs in with a password, for installations that are set up without a browser. Does nothing when "
                    + "the address belongs to an administrator already. The server may run."
            )
            {
                email,
                name,
                password,
            },
            async (result, cancellationToken) =>
            {
                var secret = result.GetValue(password) is { } file
                    ? (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n')
                    : Environment.GetEnvironmentVariable(PasswordVariable);
                if (string.IsNullOrEmpty(secret))
                    throw new CommandFaultException($"Set --password-file or the variable {PasswordVariable}.");
                var address = result.GetValue(email)!.Trim();
                var isNew = await AddAsync(context, address, result.GetValue(name) ?? address.Split('@')[0], secret, cancellationToken);
                context.Terminal.Write(
                    new { email = address, isNew },
                    () =>
                        context.Terminal.Line(isNew ? $"Added {address}." : $"{address} is an administrator already. Nothing was changed.")
                );
                return ExitCode.Done;
            }
        );
    }

    private static async Task<bool> AddAsync(
        CommandContext context,
        string email,
        string name,
        string password,
        CancellationToken cancellationToken
    )
    {
        await using var app = ConsoleHost.Build(context.Settings);
        if (!app.Services.GetRequiredService<IOptions<LocalAccountsOptions>>().Value.Enabled)
            throw new CommandFaultException("LocalAccounts:Enabled is false. Name the administrators with Roles:Administrator.");
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        (await StoreVersion.ReadAsync(db, cancellationToken)).DemandCurrent();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        if (await users.FindByEmailAsync(email) is { } known)
            return known.Role.IsAdministrator()
                ? false
                : throw new CommandFaultException($"{email} belongs to a person with the role {known.Role}. Change the role on a page.");
        var user = new AppUser
        {
            UserName = email,
            Email = email,
            DisplayName = name,
            Role = Role.Administrator,
        };
        // Saved together with the account, so that no account exists without its audit entry.
        scope.ServiceProvider.GetRequiredService<Audit>().Add(db, Actor.Console, "People.Added", name, detail: user.Role.ToMessage());
        var created = await users.CreateAsync(user, password);
        if (!created.Succeeded)
            throw new CommandFaultException(string.Join(' ', created.Errors.Select(error => error.Description)));
        await app.SealAuditAsync();
        return true;
    }
}
