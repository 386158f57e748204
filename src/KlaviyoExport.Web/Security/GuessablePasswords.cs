using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Refuses passwords that are easy to guess: common ones, words and names with a few digits, patterns of the keyboard, and the person's own
/// name and address. Long passwords can be easy to guess, too.
/// </summary>
internal sealed class GuessablePasswords : IPasswordValidator<AppUser>
{
    /// <summary>At least 400 million guesses. That is enough where guesses are throttled, as at the sign-in page.</summary>
    private const int LeastScore = 2;

    // The estimate takes a time that grows with the square of the length.
    private const int MostCharacters = 72;

    private static readonly string[] ProductWords = ["klaviyo", "export", "klaviyoexport"];

    public Task<IdentityResult> ValidateAsync(UserManager<AppUser> manager, AppUser user, string? password)
    {
        password ??= "";
        var email = user.Email ?? "";
        string[] own = [email, user.DisplayName, .. email.Split('@', '.'), .. user.DisplayName.Split(' '), .. ProductWords];
        return Task.FromResult(
            Zxcvbn.Zxcvbn.MatchPassword(password[..Math.Min(password.Length, MostCharacters)], own).Score >= LeastScore
                ? IdentityResult.Success
                : IdentityResult.Failed(new IdentityError { Code = "PasswordGuessable", Description = "The password is easy to guess." })
        );
    }
}
