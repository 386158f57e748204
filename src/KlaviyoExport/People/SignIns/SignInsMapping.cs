using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.People.SignIns;

internal sealed class SignInsMapping
    : IEntityTypeConfiguration<Session>,
        IEntityTypeConfiguration<SecondFactor>,
        IEntityTypeConfiguration<SignInFailure>,
        IEntityTypeConfiguration<IdentityUserPasskey<string>>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("Sessions");
        builder.Property(session => session.Id).HasMaxLength(32);
        builder.Property(session => session.Stamp).HasMaxLength(100);
        builder.Property(session => session.From).HasMaxLength(100);
        builder.Property(session => session.Browser).HasMaxLength(300);
        builder.HasIndex(session => session.LastSeenAt);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(session => session.UserId).IsRequired();
    }

    public void Configure(EntityTypeBuilder<SecondFactor> builder)
    {
        builder.ToTable("SecondFactors");
        builder.HasKey(factor => factor.UserId);
        builder.Property(factor => factor.RecoveryCodes).HasMaxLength(1000);
        builder.Property(factor => factor.LastCode).HasMaxLength(10);
        builder.Property(factor => factor.Stamp).IsConcurrencyToken();
        builder.HasOne<AppUser>().WithOne().HasForeignKey<SecondFactor>(factor => factor.UserId).IsRequired();
    }

    public void Configure(EntityTypeBuilder<SignInFailure> builder)
    {
        builder.ToTable("SignInFailures");
        builder.HasKey(failure => failure.Key);
        builder.Property(failure => failure.Key).HasMaxLength(100);
        builder.HasIndex(failure => failure.EndsAt);
    }

    // The table and the limits of ASP.NET Core Identity's own schema.
    public void Configure(EntityTypeBuilder<IdentityUserPasskey<string>> builder)
    {
        builder.ToTable("AspNetUserPasskeys");
        builder.HasKey(passkey => passkey.CredentialId);
        builder.Property(passkey => passkey.CredentialId).HasMaxLength(1024);
        builder.OwnsOne(passkey => passkey.Data).ToJson();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(passkey => passkey.UserId).IsRequired();
    }
}
