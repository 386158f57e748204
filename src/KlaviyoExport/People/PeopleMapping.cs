using KlaviyoExport.People.Auditing;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.People;

/// <summary>
/// Maps the audit and the tables of ASP.NET Core Identity, with their default names. The role tables of Identity are not used.
/// </summary>
internal sealed class PeopleMapping
    : IEntityTypeConfiguration<AuditEntry>,
        IEntityTypeConfiguration<AuditMark>,
        IEntityTypeConfiguration<AppUser>,
        IEntityTypeConfiguration<IdentityUserClaim<string>>,
        IEntityTypeConfiguration<IdentityUserLogin<string>>,
        IEntityTypeConfiguration<IdentityUserToken<string>>
{
    private const int NameLength = 256;

    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("AuditEntries");
        builder.HasIndex(entry => entry.At);
        builder.Property(entry => entry.From).HasMaxLength(100);
        builder.Property(entry => entry.Action).HasMaxLength(80);
        builder.Ignore(entry => entry.Detail);
        builder.Property(entry => entry.StoredDetail).HasColumnName("Detail");
        builder.HasIndex(entry => entry.Sequence).IsUnique();
        // The entries to seal are few among many.
        builder.HasIndex(entry => entry.Id).HasFilter("\"Sequence\" IS NULL").HasDatabaseName("IX_AuditEntries_Unsealed");
        builder.Property(entry => entry.Hash).HasMaxLength(AuditHash.Length);
    }

    public void Configure(EntityTypeBuilder<AuditMark> builder)
    {
        builder.ToTable("AuditMarks");
        builder.HasKey(mark => mark.Name);
        builder.Property(mark => mark.Name).HasMaxLength(20);
        builder.Property(mark => mark.Hash).HasMaxLength(AuditHash.Length);
        builder.Property(mark => mark.Mac).HasMaxLength(AuditHash.Length);
    }

    public void Configure(EntityTypeBuilder<AppUser> builder)
    {
        builder.ToTable("AspNetUsers");
        builder.Property(user => user.DisplayName).HasMaxLength(100);
        builder.Property(user => user.Language).HasMaxLength(20);
        builder.Property(user => user.UserName).HasMaxLength(NameLength);
        builder.Property(user => user.NormalizedUserName).HasMaxLength(NameLength);
        builder.Property(user => user.Email).HasMaxLength(NameLength);
        builder.Property(user => user.NormalizedEmail).HasMaxLength(NameLength);
        builder.Property(user => user.ConcurrencyStamp).IsConcurrencyToken();
        builder.HasIndex(user => user.NormalizedUserName).HasDatabaseName("UserNameIndex").IsUnique();
        builder.HasIndex(user => user.NormalizedEmail).HasDatabaseName("EmailIndex");
    }

    public void Configure(EntityTypeBuilder<IdentityUserClaim<string>> builder)
    {
        builder.ToTable("AspNetUserClaims");
        builder.HasOne<AppUser>().WithMany().HasForeignKey(claim => claim.UserId).IsRequired();
    }

    public void Configure(EntityTypeBuilder<IdentityUserLogin<string>> builder)
    {
        builder.ToTable("AspNetUserLogins");
        builder.HasKey(login => new { login.LoginProvider, login.ProviderKey });
        builder.HasOne<AppUser>().WithMany().HasForeignKey(login => login.UserId).IsRequired();
    }

    public void Configure(EntityTypeBuilder<IdentityUserToken<string>> builder)
    {
        builder.ToTable("AspNetUserTokens");
        builder.HasKey(token => new
        {
            token.UserId,
            token.LoginProvider,
            token.Name,
        });
        builder.HasOne<AppUser>().WithMany().HasForeignKey(token => token.UserId).IsRequired();
    }
}
