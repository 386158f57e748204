using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Demo;

/// <summary>
/// The accounts of demo mode, one for each role. They share a published password. This is safe because demo mode only listens at loopback
/// addresses.
/// </summary>
internal static class DemoAccounts
{
    public const string Password = "practice-makes-perfect";

    public static IReadOnlyList<(Role Role, string Email, string Name)> All { get; } =
    [
        (Role.Administrator, "administrator@demo.example", "Ana Administrator"),
        (Role.Contributor, "contributor@demo.example", "Cveta Contributor"),
        (Role.Operator, "operator@demo.example", "Oriol Operator"),
        (Role.Viewer, "viewer@demo.example", "Vera Viewer"),
    ];

    /// <summary>Creates the accounts that do not exist yet.</summary>
    /// <returns>The administrator.</returns>
    public static async Task<Actor> CreateAsync(UserManager<AppUser> users)
    {
        foreach (var (role, email, name) in All)
        {
            if (await users.FindByEmailAsync(email) is not null)
                continue;
            var result = await users.CreateAsync(
                new AppUser
                {
                    UserName = email,
                    Email = email,
                    DisplayName = name,
                    Role = role,
                },
                Password
            );
            if (!result.Succeeded)
                throw new InvalidOperationException(string.Join(" ", result.Errors.Select(error => error.Description)));
        }
        var administrator = (await users.FindByEmailAsync(All[0].Email))!;
        return new Actor(administrator.Id, administrator.DisplayName, administrator.Role);
    }
}
