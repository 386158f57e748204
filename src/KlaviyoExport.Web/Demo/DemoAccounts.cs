using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Demo;

/// <summary>
/// One account per role. They share one password that is no secret: they exist only where nobody but this machine can reach them.
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

    /// <returns>The administrator, as the services know her.</returns>
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
